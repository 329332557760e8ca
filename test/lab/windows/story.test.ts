import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RegistryValue } from '../../../src/lab/endpoint.ts'
import { prefetchName } from '../../../src/lab/windows/seed/prefetch.ts'
import { BORN, type Lab, openLab } from './support.ts'

const lab = openLab()
const RUN_KEYS = ['HKLM', 'HKCU'].map(hive => `${hive}\\Software\\Microsoft\\Windows\\CurrentVersion\\Run`)
const programIn = (command: string) =>
  (/^"([^"]+)"/.exec(command)?.[1] ?? /^(.*?\.exe)/i.exec(command)?.[1] ?? command).replace(/%windir%/i, 'C:\\Windows')
const entry = async (path: string, where: Lab = lab) => (await where.run('directory list', { path })).files?.[0]
const values = async (path: string): Promise<RegistryValue[]> => (await lab.run('reg enum key', { path })).values ?? []
const sha256 = async (path: string) =>
  createHash('sha256')
    .update(await lab.get(path))
    .digest('hex')

/** Every path below a directory, without following junctions and without what may not be read. */
async function walk(where: Lab, directory: string): Promise<string[]> {
  const { files = [] } = await where.run('directory list', { path: `${directory}\\` })
  const paths: string[] = []
  for (const { filename, attributes } of files) {
    if (filename === '.' || filename === '..') continue
    const path = `${directory}\\${filename}`
    paths.push(path)
    if (attributes.includes('DIRECTORY') && !attributes.includes('REPARSE_POINT') && filename !== 'System Volume Information')
      paths.push(...(await walk(where, path)))
  }
  return paths
}

describe('the seed', () => {
  test.each(['finance-compromised', 'workstation', 'server'] as const)(
    '%s has a believable number of files, none from the future, and unique short names',
    async role => {
      const where = openLab(role)
      const paths = [...(await walk(where, 'C:')), ...(await walk(where, 'D:'))]
      expect(paths.length).toBeGreaterThan(600)
      expect(paths.length).toBeLessThan(1600)
      expect(new Set(paths.map(path => path.toLowerCase())).size).toBe(paths.length)
      const { files = [] } = await where.run('directory list', { path: 'C:\\Windows\\System32\\' })
      const shorts = files.map(({ alternate_name }) => alternate_name).filter(short => short !== '')
      expect(new Set(shorts).size).toBe(shorts.length)
      for (const { create_time, last_write_time } of files)
        for (const time of [create_time, last_write_time]) expect(Date.parse(time)).toBeLessThanOrEqual(BORN)
    },
  )

  test.each(['finance-compromised', 'workstation', 'server'] as const)(
    '%s has a file on the disk for every running program',
    async role => {
      const where = openLab(role)
      for (const { process_path } of (await where.run('process list')).processes ?? []) {
        if (process_path.includes('\\')) expect((await entry(process_path, where))?.attributes).toContain('ARCHIVE')
      }
    },
  )

  test('files start with the bytes of their type', async () => {
    expect((await lab.get('C:\\Windows\\System32\\cmd.exe', 0, 2)).toString()).toBe('MZ')
    expect((await lab.get('C:\\Windows\\System32\\winevt\\Logs\\Security.evtx', 0, 8)).toString('latin1')).toBe('ElfFile\0')
    expect(
      (await lab.get('C:\\Users\\j.moreau\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\History', 0, 16)).toString('latin1'),
    ).toBe('SQLite format 3\0')
    expect((await lab.get('C:\\Windows\\System32\\cmd.exe')).length).toBe((await entry('C:\\Windows\\System32\\cmd.exe'))?.size)
  })
})

describe('the story of the finance computer', () => {
  test('everything that the Run keys start exists, and the suspicious one is hidden', async () => {
    const commands = (await Promise.all(RUN_KEYS.map(values))).flat().map(({ registry_data }) => String(registry_data))
    expect(commands.length).toBeGreaterThanOrEqual(4)
    for (const command of commands) expect(await entry(programIn(command))).toBeDefined()
    const odd = commands.filter(command => /public|onedrivesync/i.test(command)).map(programIn)
    expect(odd).toHaveLength(2)
    for (const path of odd) expect((await entry(path))?.attributes).toEqual(expect.arrayContaining(['HIDDEN', 'SYSTEM']))
    const [one = '', two = ''] = odd
    expect(await sha256(one)).toBe(await sha256(two))
    expect(await sha256('C:\\Windows\\System32\\svchost.exe')).not.toBe(await sha256(one))
  })

  test('has a process chain: Outlook, Word, PowerShell, and a false svchost', async () => {
    const all = (await lab.run('process list')).processes ?? []
    const by = new Map(all.map(process => [process.process_pid, process]))
    const odd = all.filter(({ process_path }) => process_path.endsWith('\\svchost.exe') && !process_path.startsWith('c:\\windows\\'))
    expect(odd).toHaveLength(1)
    const powershell = by.get(odd[0]?.parent_pid ?? 0)
    expect(powershell?.process_path).toMatch(/\\powershell\.exe$/)
    const encoded = powershell?.process_cmdline.split(' ').at(-1) ?? ''
    expect(Buffer.from(encoded, 'base64').toString('utf16le')).toContain('DownloadString')
    const word = by.get(powershell?.parent_pid ?? 0)
    expect(word?.process_path).toMatch(/\\winword\.exe$/)
    expect(await entry(/\/n "([^"]+)"/.exec(word?.process_cmdline ?? '')?.[1] ?? '')).toBeDefined()
    expect(by.get(word?.parent_pid ?? 0)?.process_path).toMatch(/\\outlook\.exe$/)
    expect((await lab.exec('netstat -ano')).output).toContain(`203.0.113.66:443       ESTABLISHED     ${odd[0]?.process_pid}`)
  })

  test('has a task whose file, registry entry and program agree', async () => {
    const xml = (await lab.get('C:\\Windows\\System32\\Tasks\\OneDriveSyncTask')).toString('utf16le')
    expect(xml).toContain('<Author>WIN-PC\\updsvc</Author>')
    expect(await entry(/<Command>(.*)<\/Command>/.exec(xml)?.[1] ?? '')).toBeDefined()
    const cache = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache'
    const { value } = await lab.run('reg query value', { path: `${cache}\\Tree\\OneDriveSyncTask\\Id` })
    const task = await lab.run('reg query value', { path: `${cache}\\Tasks\\${String(value?.registry_data)}\\Path` })
    expect(task.value?.registry_data).toBe('\\OneDriveSyncTask')
  })

  test('has prefetch files of what ran', async () => {
    for (const path of ['C:\\Users\\Public\\svchost.exe', 'C:\\Users\\j.moreau\\Downloads\\InvoiceViewer.exe']) {
      expect(await entry(`C:\\Windows\\Prefetch\\${prefetchName(path.slice(path.lastIndexOf('\\') + 1), path)}`)).toBeDefined()
    }
    expect(prefetchName('cmd.exe', 'C:\\Windows\\System32\\cmd.exe')).toMatch(/^CMD\.EXE-[0-9A-F]{8}\.pf$/)
  })

  test('has an origin: download, history, hosts file, recycle bin, USB device', async () => {
    expect((await lab.get('C:\\Users\\j.moreau\\Downloads\\Invoice_8841.iso:Zone.Identifier')).toString()).toContain(
      'HostUrl=https://files.secure-invoices.example/',
    )
    expect(
      (await lab.get('C:\\Users\\j.moreau\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\History')).toString('latin1'),
    ).toContain('https://files.secure-invoices.example/d/8841/Invoice_8841.iso')
    expect((await lab.get('C:\\Windows\\System32\\drivers\\etc\\hosts')).toString()).toContain('203.0.113.66')
    const bin = 'C:\\$Recycle.Bin\\S-1-5-21-1085031214-1563985344-725345543-1604'
    const info = await lab.get(`${bin}\\$IK3QT1B.bat`)
    expect(info.toString('utf16le', 28).replace('\0', '')).toBe('C:\\Users\\j.moreau\\Downloads\\cleanup.bat')
    expect(Number(info.readBigUInt64LE(8))).toBe((await entry(`${bin}\\$RK3QT1B.bat`))?.size)
    const { sub_keys } = await lab.run('reg enum key', { path: 'HKLM\\SYSTEM\\CurrentControlSet\\Enum\\USBSTOR' })
    expect(sub_keys).toEqual(['Disk&Ven_SanDisk&Prod_Ultra&Rev_1.00'])
  })

  test('is unknown to other computers', async () => {
    for (const role of ['workstation', 'server'] as const) {
      const where = openLab(role)
      expect([...(await walk(where, 'C:'))].filter(path => /OneDriveSync|Invoice_8841/.test(path))).toEqual([])
      expect((await where.exec('netstat -ano')).output).not.toContain('203.0.113.66')
    }
  })
})
