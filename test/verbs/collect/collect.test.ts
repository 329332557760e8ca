import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inHomeOf, openFleet, type Fleet } from '../../support/fleet.ts'

interface ArtifactRow {
  artifact: string
  found: number
  fetched: number
  failed: number
  why: string
  files: { path: string; local_path: string; sha256: string }[]
}

let fleet: Fleet

inHomeOf(() => (fleet = openFleet()))

async function collect(...words: string[]): Promise<{ code: number; rows: ArtifactRow[]; err: string }> {
  const { code, out, err } = await fleet.cbc(['lr', 'collect', ...words, '--json'])
  return { code, rows: out === '' ? [] : (JSON.parse(out) as ArtifactRow[]), err }
}

/** What the endpoints carried out, as `get file C:\\x`. */
async function sent(): Promise<string[]> {
  return (await fleet.executions()).map(({ name, object }) => `${name} ${object}`)
}

const DEFINITIONS = `name: Hosts
sources:
- type: FILE
  attributes: {paths: ['%%environ_systemroot%%\\System32\\drivers\\etc\\hosts', '%%environ_systemroot%%\\System32\\drivers\\etc\\nothere'], separator: '\\'}
---
name: Drivers
sources:
- type: FILE
  attributes: {paths: ['%%environ_systemroot%%\\System32\\drivers\\etc\\*'], separator: '\\'}
---
name: Nowhere
sources:
- type: FILE
  attributes: {paths: ['C:\\Nowhere\\**\\*.log', '%%users.localappdata%%\\Nothing\\x'], separator: '\\'}
---
name: Hostile
sources:
- type: FILE
  attributes: {paths: ['C:\\Windows\\..\\..\\etc', '\\\\server\\share\\x', '%%environ_nothing%%\\x', 'C:\\$MFT'], separator: '\\'}
---
name: Version
sources:
- type: REGISTRY_VALUE
  attributes: {key_value_pairs: [{key: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion', value: 'Product*'}]}
- type: COMMAND
  attributes: {cmd: ipconfig.exe, args: [/all]}
`

describe('lr collect', () => {
  it('files come home once under their own paths, registry values and output as JSON, and a second run fetches nothing again', async () => {
    writeFileSync('own.yaml', DEFINITIONS)
    const first = await collect('Hosts,Drivers,Version', 'WIN-FIN-01', '--into', 'out', '--artifacts', 'own.yaml')
    expect(first.code).toBe(0)
    const [hosts, drivers, version] = first.rows
    expect(hosts).toMatchObject({ artifact: 'Hosts', found: 1, fetched: 1, failed: 0 })
    const local = `${process.cwd()}/out/files/C/Windows/System32/drivers/etc/hosts`
    expect(hosts?.files[0]).toMatchObject({ local_path: local, sha256: createHash('sha256').update(readFileSync(local)).digest('hex') })
    expect(drivers?.found).toBeGreaterThan(1)
    expect((await sent()).filter(line => line === 'get file C:\\Windows\\System32\\drivers\\etc\\hosts')).toHaveLength(1)
    const files = (await sent()).filter(line => line.startsWith('get file'))
    const results = JSON.parse(readFileSync(version?.files[0]?.local_path ?? '', 'utf8')) as {
      keys: { values: { registry_name: string }[] }[]
      commands: { cmd: string; output: string }[]
    }
    expect(results.keys[0]?.values.map(value => value.registry_name)).toContain('ProductName')
    expect(results.commands[0]).toMatchObject({ cmd: 'ipconfig.exe', return_code: 0 })

    const again = await collect('Hosts,Drivers', 'WIN-FIN-01', '--into', 'out', '--artifacts', 'own.yaml')
    expect({ code: again.code, rows: again.rows }).toEqual({ code: 0, rows: first.rows.slice(0, 2) })
    expect((await sent()).filter(line => line.startsWith('get file'))).toEqual(files)
  })

  it('what is not there is no error, and what leads elsewhere or needs raw access is said and not tried', async () => {
    writeFileSync('own.yaml', DEFINITIONS)
    const { code, rows } = await collect('Nowhere,Hostile', 'WIN-FIN-01', '--artifacts', 'own.yaml')
    expect(code).toBe(0)
    expect(rows[0]).toMatchObject({ artifact: 'Nowhere', found: 0, failed: 0, why: '' })
    expect(rows[1]).toMatchObject({ artifact: 'Hostile', found: 0, failed: 0 })
    const skipped = (rows[1] as unknown as { skipped: { path: string; why: string }[] }).skipped
    expect(skipped.map(({ why }) => why)).toEqual([
      '".." would lead up',
      'a path of another machine',
      'the variable %%environ_nothing%% is not known',
      expect.stringContaining('needs raw access'),
    ])
    expect((await sent()).filter(line => /\.\.|server|\$MFT/.test(line))).toEqual([])
  })

  it('artifacts are words of their own, of which each may be a list, and the last word is the device; in our shell all are artifacts', async () => {
    const names = ['WindowsHostsFile', 'WindowsScheduledTasks', 'WindowsRunKeys']
    const { code, rows } = await collect('WindowsHostsFile,WindowsScheduledTasks', 'WindowsRunKeys', 'WIN-FIN-01', '--into', 'out')
    expect({ code, names: rows.map(({ artifact }) => artifact) }).toEqual({ code: 0, names })
    for (const [line, found] of [
      [names.join(' '), names],
      ['WindowsHostsFile', ['WindowsHostsFile']],
    ] as const) {
      const { out } = await fleet.cbc(['lr', 'connect', 'WIN-FIN-01', '-c', `collect ${line} --into out --json`])
      expect((JSON.parse(out) as ArtifactRow[]).map(({ artifact }) => artifact)).toEqual(found)
    }
  })

  it('one word alone lacks the device, and what was the folder is no word any more: nothing is sent', async () => {
    const alone = await collect('WindowsHostsFile')
    expect({ code: alone.code, err: alone.err }).toEqual({
      code: 2,
      err: expect.stringContaining("missing required argument 'device'") as string,
    })
    const folder = await collect('WindowsHostsFile', 'WIN-FIN-01', 'out')
    expect({ code: folder.code, err: folder.err }).toEqual({ code: 4, err: expect.stringContaining('WIN-FIN-01') as string })
    expect(await sent()).toEqual([])
  })

  it('a locked file is a failure with its reason, and the others are fetched all the same', async () => {
    const { code, rows } = await collect('WindowsRegistryHives,WindowsHostsFile', 'WIN-FIN-01', '--into', 'out')
    expect(code).toBe(7)
    expect(rows[0]).toMatchObject({ artifact: 'WindowsRegistryHives', fetched: 0 })
    expect(rows[0]?.why).toContain('in use by another process')
    expect(rows[0]?.why).toContain('--locked fetches a copy')
    expect(rows[1]).toMatchObject({ fetched: 1, failed: 0 })
  })

  it('with --locked hives are saved and other files are copied by the endpoint itself, and no copy is left there', async () => {
    const words = ['Sam', 'WIN-FIN-01', '--into', 'out', '--artifacts', 'own.yaml']
    const hive = (name: string, ...paths: string[]) =>
      `name: ${name}\nsources:\n- type: FILE\n  attributes: {paths: [${paths.map(path => `'${path}'`).join(', ')}], separator: '\\'}\n---\n`
    writeFileSync(
      'own.yaml',
      hive(
        'Sam',
        '%%environ_systemroot%%\\System32\\config\\SAM',
        '%%users.userprofile%%\\NTUSER.DAT',
        'C:\\Windows\\System32\\sru\\SRUDB.dat',
      ),
    )
    expect((await collect(...words, '--locked', '--read-only')).code).toBe(8)
    const { code, rows } = await collect(...words, '--locked')
    expect(code).toBe(0)
    expect(rows[0]).toMatchObject({ found: 4, fetched: 4, failed: 0 })
    const saved = rows[0]?.files.map(({ local_path }) => local_path.slice(`${process.cwd()}/out/files/`.length))
    expect(saved).toEqual([
      // Nobody holds the hive of somebody who is not logged on.
      'C/Users/Administrator/NTUSER.DAT',
      'C/Users/j.moreau/NTUSER.DAT',
      'C/Windows/System32/config/SAM',
      'C/Windows/System32/sru/SRUDB.dat',
    ])
    const ran = (await sent()).filter(line => line.startsWith('create process')).map(line => line.replace(/cbc-[\w-]+/g, 'cbc'))
    expect(ran.sort()).toEqual([
      'create process esentutl.exe /y C:\\Windows\\System32\\sru\\SRUDB.dat /vss /d C:\\Windows\\Temp\\cbc.copy',
      'create process reg.exe save HKLM\\SAM C:\\Windows\\Temp\\cbc.copy /y',
      expect.stringMatching(/^create process reg\.exe save HKU\\S-1-5-21-[\d-]+ C:\\Windows\\Temp\\cbc\.copy \/y$/) as string,
    ])
    const left = await fleet.cbc(['lr', 'ls', 'WIN-FIN-01', 'C:\\Windows\\Temp', '--json'])
    expect((JSON.parse(left.out) as { filename: string }[]).filter(({ filename }) => filename.startsWith('cbc-'))).toEqual([])
  })

  it('a dry run prints what is then sent: files, keys and programs, each line of it', async () => {
    const names = 'WindowsChromiumHistory,WindowsScheduledTasks,WindowsRunKeys,WindowsNetworkConfiguration'
    const dry = await fleet.cbc(['lr', 'collect', names, 'WIN-FIN-01', '--dry-run', '--json'])
    const planned = (JSON.parse(dry.out) as { name: string; path: string }[]).map(({ name, path }) => `${name} ${path}`).sort()
    const before = await sent()
    expect(before.filter(line => /^(?:get file|create process)/.test(line))).toEqual([])
    await collect(names, 'WIN-FIN-01', '--into', 'out')
    const after = (await sent()).slice(before.length)
    // The output of programs is fetched from temporary files.
    const done = after.filter(line => /^(?:get file|create process)/.test(line) && !line.includes('\\Temp\\cbc-')).sort()
    expect(planned.filter(line => !line.startsWith('reg '))).toEqual(done)
    expect(after).toEqual(expect.arrayContaining(planned.filter(line => line.startsWith('reg '))))
    expect(['get file', 'create process', 'reg enum key'].filter(name => !planned.some(line => line.startsWith(name)))).toEqual([])
    const shown = await fleet.cbc(['lr', 'artifact', 'show', names, 'WIN-FIN-01', '--json'])
    expect((JSON.parse(shown.out) as { command: string; path: string }[]).map(({ path }) => path).sort()).toEqual(
      planned.map(line => line.replace(/^(?:get file|create process|reg enum key) /, '')).sort(),
    )
  })

  it('with --read-only no program is run, and that is said', async () => {
    writeFileSync('own.yaml', DEFINITIONS)
    const { code, rows } = await collect('Version', 'WIN-FIN-01', '--artifacts', 'own.yaml', '--read-only')
    expect(code).toBe(0)
    expect(rows[0]?.why).toContain('--read-only refuses')
    expect((await sent()).filter(line => line.startsWith('create process'))).toEqual([])
  })

  it('a misspelled name, a folder without definitions and a group that holds itself are found before anything is sent', async () => {
    writeFileSync('own.yaml', 'name: A\nsources:\n- type: ARTIFACT_GROUP\n  attributes: {names: [A]}\n')
    mkdirSync('empty')
    expect((await collect('WindowsHostFile', 'WIN-FIN-01')).code).toBe(4)
    for (const artifacts of ['own.yaml', 'empty']) expect((await collect('A', 'WIN-FIN-01', '--artifacts', artifacts)).code).toBe(2)
    expect(await sent()).toEqual([])
  })

  it('several devices are a run, each with a folder of its own', async () => {
    const { code, lines } = await fleet.cbc(['lr', 'collect', 'WindowsHostsFile', 'WIN-FIN-01,WIN-HR-01', '--into', 'all'])
    expect(code).toBe(0)
    expect(lines.map(({ ok, result }) => ok && (result as ArtifactRow[])[0]?.fetched)).toEqual([1, 1])
    for (const device of ['WIN-FIN-01', 'WIN-HR-01']) readFileSync(`all/${device}/files/C/Windows/System32/drivers/etc/hosts`)
  })

  it('a device on which it failed is collected by run retry, and the others are left alone', async () => {
    await fleet.settings({ devices: { 'WIN-HR-01': { failing: true } } })
    const first = await fleet.cbc(['lr', 'collect', 'WindowsHostsFile', 'WIN-FIN-01,WIN-HR-01', '--into', 'all'])
    expect(first.code).toBe(7)
    await fleet.settings({ devices: null })
    const asked = (await sent()).length
    const { code } = await fleet.cbc(['run', 'retry', first.run])
    expect(code).toBe(0)
    readFileSync('all/WIN-HR-01/files/C/Windows/System32/drivers/etc/hosts')
    const devices = (await fleet.executions()).slice(asked).map(({ device_id }) => device_id)
    expect(new Set(devices).size).toBe(1)
  })

  it('large and old files are left, and CBC_ARTIFACTS names further definitions, in our shell too', async () => {
    writeFileSync('own.yaml', DEFINITIONS)
    const env = { CBC_ARTIFACTS: 'own.yaml', CBC_PROFILE: 'lab' }
    const small = await fleet.cbc(['lr', 'collect', 'Hosts', 'WIN-FIN-01', '--max-file-size', '10', '--json'], { env })
    expect((JSON.parse(small.out) as ArtifactRow[])[0]).toMatchObject({
      found: 1,
      fetched: 0,
      failed: 0,
      why: expect.stringContaining('--max-file-size') as unknown,
    })
    const old = await fleet.cbc(['lr', 'collect', 'Hosts', 'WIN-FIN-01', '--newer', '2090-01-01', '--json'], { env })
    expect((JSON.parse(old.out) as ArtifactRow[])[0]).toMatchObject({ found: 0 })
    const shell = await fleet.cbc(['lr', 'connect', 'WIN-FIN-01', '-c', 'collect Hosts --into inside --json'], { env })
    expect((JSON.parse(shell.out) as ArtifactRow[])[0]).toMatchObject({ found: 1, fetched: 1 })
  })

  /** A definition of files. */
  const files = (name: string, ...paths: string[]) =>
    `name: ${name}\nsources:\n- type: FILE\n  attributes: {paths: [${paths.map(path => `'${path}'`).join(', ')}], separator: '\\'}\n---\n`

  it('links that only a wildcard leads to are not followed: a notice names a few, and the row of the artifact all', async () => {
    writeFileSync('own.yaml', files('Wild', 'C:\\Users\\*\\Microsoft\\**\\*.lnk', 'C:\\Users\\**10\\*.nothing'))
    const { err, rows } = await collect('Wild', 'WIN-FIN-01', '--artifacts', 'own.yaml')
    const { links } = rows[0] as unknown as { links: string[] }
    expect(links).toEqual(
      expect.arrayContaining(['C:\\Users\\All Users', 'C:\\Users\\Default User', 'C:\\Users\\j.moreau\\Local Settings']),
    )
    expect(err).toContain(`are not followed: ${links.slice(0, 3).join(', ')} and ${links.length - 3} more, which --json names`)
    expect(err.length).toBeLessThan(400)
  })

  it('what Windows has under an old name too comes home once, under its own path, and counts for whoever asks for it', async () => {
    const old = ['C:\\Documents and Settings\\*\\Local Settings\\Application Data\\Google\\Chrome\\User Data\\*\\History']
    writeFileSync(
      'own.yaml',
      files('Old', ...old, 'C:\\Users\\All Users\\Microsoft\\**10\\MpCmdRun.exe') +
        files('New', 'C:\\Users\\*\\AppData\\Local\\Google\\Chrome\\User Data\\*\\History') +
        files('Within', 'C:\\Documents and Settings\\j.moreau\\Recent\\*.lnk'),
    )
    const { rows } = await collect('Old,New,Within', 'WIN-FIN-01', '--artifacts', 'own.yaml')
    const paths = rows.map(row => row.files.map(({ path }) => path))
    const history = 'C:\\Users\\j.moreau\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\History'
    expect(paths[0]?.map(path => path.replace(/[\d.-]+(?=\\MpCmdRun)/, 'N'))).toEqual([
      'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\N\\MpCmdRun.exe',
      history,
    ])
    expect(paths.slice(1)).toEqual([
      [history],
      [expect.stringMatching(/^C:\\Users\\j\.moreau\\AppData\\Roaming\\Microsoft\\Windows\\Recent\\/) as string],
    ])
    expect((await sent()).filter(line => /Documents and|All Users|Local Settings/.test(line))).toEqual([])
  })

  it('a registry path that ends in a star stands for the values of the key before it too, as in the public sets', async () => {
    const run = 'HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'
    writeFileSync('own.yaml', `name: Star\nsources:\n- type: REGISTRY_KEY\n  attributes: {keys: ['${run}\\*']}\n`)
    const { rows } = await collect('Star', 'WIN-FIN-01', '--artifacts', 'own.yaml')
    const { keys } = JSON.parse(readFileSync(rows[0]?.files[0]?.local_path ?? '', 'utf8')) as {
      keys: { path: string; values: { registry_name: string }[] }[]
    }
    expect(keys.map(({ path }) => path)).toEqual([run])
    expect(keys[0]?.values.map(value => value.registry_name)).toContain('SecurityHealthUpdate')
  })

  it('after --max-bytes nothing more is asked of the endpoint, no more came home than that, and it is said in one word', async () => {
    const { code, err, lines } = await fleet.cbc(['lr', 'collect', 'WindowsPrefetch', 'WIN-FIN-01', '--into', 'out', '--max-bytes', '100K'])
    const [row] = lines[0]?.result as ArtifactRow[]
    expect([code, row?.why]).toEqual([7, 'left, because --max-bytes 100 KiB is reached'])
    expect(row?.failed).toBeGreaterThan(50)
    const asked = (await sent()).filter(line => line.startsWith('get file'))
    expect(asked.length).toBeLessThan((row?.fetched ?? 0) + 10)
    expect(Number(/([\d.]+) KiB; run/.exec(err)?.[1])).toBeLessThanOrEqual(100)
  })

  it('a triage looks at each directory and key once, and fetches each file once, however many artifacts ask for it', async () => {
    const { rows } = await collect('WindowsTriage,WindowsAutostarts,WindowsExecution', 'WIN-FIN-01', '--dry-run')
    const planned = (rows as unknown as { name: string; path: string }[]).map(({ name, path }) => `${name} ${path.toLowerCase()}`)
    expect(planned.length).toBe(new Set(planned).size)
    const looked = (await sent()).map(line => line.toLowerCase().replace(/\\$/, ''))
    expect(looked.length).toBeGreaterThan(200)
    // The floor, and what finds out which users there are.
    expect(looked.length).toBeLessThanOrEqual(new Set(looked).size + 20)
  })

  it('Linux has its own artifacts, and those for Windows are left out there', async () => {
    fleet = openFleet({ local: join(fleet.home, 'machine') })
    const linux = await collect('LinuxTriage,WindowsTriage', 'LNX-LAB-01', '--into', 'out')
    expect(linux.code).toBe(0)
    const accounts = linux.rows.find(({ artifact }) => artifact === 'LinuxAccounts')
    expect(accounts?.files.map(({ local_path }) => local_path.slice(process.cwd().length))).toContain('/out/files/etc/passwd')
    expect(linux.rows.filter(({ artifact }) => artifact.startsWith('Windows'))).toEqual([])
    const found = linux.rows.filter(row => row.fetched > 0).map(({ artifact }) => artifact)
    expect(found).toEqual(
      expect.arrayContaining([
        'LinuxLoginRecords',
        'LinuxSystemLogs',
        'LinuxAuthLogs',
        'LinuxCron',
        'LinuxSystemdUnits',
        'LinuxPackageLogs',
      ]),
    )
    const none = await collect('WindowsHostsFile', 'LNX-LAB-01', '--into', 'out')
    expect(none.err).toContain('none of these artifacts is meant for Linux')
  })

  it('the Mac of the lab has what its artifacts name, for each of its users', async () => {
    const { code, rows } = await collect('MacOSTriage,WindowsTriage', 'MBP-DESIGN-01', '--into', 'out')
    expect(code).toBe(0)
    expect(
      rows.filter(({ found, fetched, failed }) => found === 0 || fetched < found || failed > 0).map(({ artifact }) => artifact),
    ).toEqual(['MacOSCron'])
    const files = rows.flatMap(row => row.files)
    const found = files.map(({ local_path }) => local_path.slice(`${process.cwd()}/out/files/`.length))
    const users = ['lena', 'tom'].flatMap(user => [`Users/${user}/Library/Safari/History.db`, `Users/${user}/.zsh_history`])
    expect(found).toEqual(expect.arrayContaining([...users, 'Library/LaunchDaemons/com.adobe.acc.helper.plist', 'var/log/install.log']))
    for (const { sha256 } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('a folder in the shape of the disk of a Mac is a Mac, with its own artifacts, for each of its users', async () => {
    const disk = join(fleet.home, 'mac')
    const safari = ['ana', 'ben'].map(user => `Users/${user}/Library/Safari/History.db`)
    const agent = 'Library/LaunchDaemons/com.example.updater.plist'
    for (const path of [...safari, agent, 'Users/ana/.zsh_history']) {
      mkdirSync(dirname(join(disk, path)), { recursive: true })
      writeFileSync(join(disk, path), path)
    }
    fleet = openFleet({ local: disk })
    const { code, rows } = await collect('MacOSTriage,LinuxTriage,WindowsTriage', 'LNX-LAB-01', '--into', 'out')
    expect(code).toBe(0)
    expect(rows.filter(({ artifact }) => !artifact.startsWith('MacOS'))).toEqual([])
    const found = rows.flatMap(({ files }) => files.map(({ local_path }) => local_path.slice(`${process.cwd()}/out/files/`.length)))
    expect(found.sort()).toEqual([agent, 'Users/ana/.zsh_history', ...safari].sort())
    const { out } = await fleet.cbc(['lr', 'run', 'browser-history', 'LNX-LAB-01', '--json'])
    expect((JSON.parse(out) as { status: string }[]).map(({ status }) => status)).toEqual(['skipped', 'skipped', 'done'])
  })

  it('names are completed, each after its comma', async () => {
    const { out } = await fleet.cbc(['__complete', 'bash', 'cbc lr collect WindowsHostsFile,WindowsReg'])
    expect(out).toContain('WindowsHostsFile,WindowsRegistryHives')
    expect(out).not.toContain('WindowsRunKeys')
  })
})
