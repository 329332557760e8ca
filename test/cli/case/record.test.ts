import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JournalLine } from '../../../src/cases/journal-line.ts'
import type { WireRequest } from '../../../src/core/ports.ts'
import { openCaseFolder } from '../../../src/host/case-folder.ts'
import { clock, random } from '../../../src/host/clock.ts'
import { testFolder } from '../../support/folder.ts'
import { openFleet, type Fleet } from '../../support/fleet.ts'
import { labService } from '../../support/host.ts'
import { chainOf } from '../../support/journal-chain.ts'

const DEVICE = 'WIN-FIN-01'
const HOSTS = 'C:\\Windows\\System32\\drivers\\etc\\hosts'

let fleet: Fleet
let folder = ''
beforeEach(() => {
  fleet = openFleet()
  folder = join(testFolder(), 'case')
})

const cbc = (...words: string[]) => fleet.cbc(['--case', folder, ...words])
const lines = () => chainOf(folder)
const ended = () => lines().filter(({ event }) => event === 'finished')
const textOf = (file = '') => readFileSync(join(folder, file), 'utf8')
const sha256 = (file = '') =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex')
/** Puts a link into the case. @returns where it leads */
const linked = (name: string) => {
  const outside = testFolder()
  mkdirSync(folder)
  symlinkSync(outside, join(folder, name))
  return outside
}
const everything = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap(entry => (entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name), 'latin1')] : []))
    .join('\n')

describe('a command with --case', () => {
  it('that reads has one line, with who, what, where and its result', async () => {
    const { code, out } = await cbc('lr', 'ls', DEVICE, 'C:\\Users', '--json')
    expect(code).toBe(0)
    const [line] = ended()
    expect(lines().map(({ event }) => event)).toEqual(['created', 'finished'])
    expect(line).toMatchObject({
      who: { user: 'analyst', host: 'ws-12', key_id: expect.stringMatching(/^\w+$/) as string, program: 'cbc 1.2.3' },
      profile: 'lab',
      organization: fleet.lab.org,
      device: { id: expect.any(Number) as number, name: expect.stringContaining(DEVICE) as string, os: 'Windows 10 x64' },
      verb: 'ls',
      arguments: { path: ['C:\\Users'] },
      effect: 'read',
      outcome: 'done',
      exit_code: 0,
      session_id: expect.stringMatching(/:/) as string,
      commands: [{ name: 'directory list', id: expect.any(Number) as number }],
    })
    expect(line?.line).toContain(" lr ls WIN-FIN-01 'C:\\Users' --json")
    const { file, rows, sha256: hash } = line?.result ?? {}
    expect(JSON.parse(textOf(file))).toEqual(JSON.parse(out))
    expect({ rows, hash }).toEqual({ rows: (JSON.parse(out) as unknown[]).length, hash: sha256(file) })
  })

  it('that changes something is on the disk before it is sent, and its end after', async () => {
    let before: JournalLine[] = []
    const service = labService(fleet.lab)
    const lab = {
      ...service,
      async close() {},
      async send(request: WireRequest) {
        const { body } = request
        if (body instanceof Uint8Array && Buffer.from(body).includes('create directory')) before = lines()
        return await service.send(request)
      },
    }
    await fleet.cbc(['lr', 'mkdir', DEVICE, 'C:\\Users\\Public\\x', '--case', folder], { lab: async () => lab })
    expect(before.at(-1)).toMatchObject({
      event: 'started',
      verb: 'mkdir',
      change: 'create directory',
      session_id: expect.any(String) as string,
    })
    const [started, finished] = lines().slice(1)
    expect(finished).toMatchObject({ event: 'finished', outcome: 'done', operation: started?.operation, effect: 'change' })
  })

  it('names every command that was issued on the endpoint, also those that looked at the state before a change', async () => {
    const local = join(testFolder(), 'x.txt')
    writeFileSync(local, 'two')
    const there = 'C:\\Users\\Public\\x.txt'
    expect((await cbc('lr', 'put', DEVICE, local, there)).code).toBe(0)
    expect((await cbc('lr', 'rm', DEVICE, there)).code).toBe(0)
    expect((await cbc('lr', 'reg', 'add', DEVICE, 'HKCU\\Software\\X', '-v', 'n', '-d', '1')).code).toBe(0)
    const named = ended().flatMap(({ commands = [] }) => commands.map(({ name }) => name))
    expect(named).toEqual((await fleet.executions()).map(({ name }) => name))
  })

  it('that fails says how', async () => {
    expect((await cbc('lr', 'cat', DEVICE, 'C:\\none')).code).toBe(4)
    expect(ended()).toEqual([
      expect.objectContaining({ outcome: 'failed', exit_code: 4, error: expect.objectContaining({ code: 'not_found' }) as object }),
    ])
  })

  it('in the organization is recorded too', async () => {
    await cbc('usb', 'approval', 'create', '--vendor-id', '0781', '--product-id', '5581', '--serial-number', '1', '--name', 'stick')
    expect(lines().slice(1)).toEqual([
      expect.objectContaining({ event: 'started', verb: 'usb approval create', change: 'create approval' }),
      expect.objectContaining({ event: 'finished', outcome: 'done', line: expect.stringContaining(' usb approval create ') as string }),
    ])
  })

  it('that writes its result to a file tells which one, with its size and hash', async () => {
    const path = join(testFolder(), 'devices.csv')
    expect((await cbc('usb', 'device', 'export', path)).code).toBe(0)
    const { size } = statSync(path)
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
    expect(lines().at(-1)).toMatchObject({ event: 'written', verb: 'usb device export', local_path: path, size, sha256: hash })
  })

  it('does nothing where the case cannot be written', async () => {
    const full = async () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write', path: 'journal.jsonl' })
    }
    const caseFolder = async (path: string) => ({ ...(await openCaseFolder(path, clock, random, true)), append: full })
    const { code, err } = await fleet.cbc(['lr', 'mkdir', DEVICE, 'C:\\Users\\Public\\y', '--case', folder], { caseFolder })
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining("the case can't be written: journal.jsonl: no space left") as string,
    })
    expect((await fleet.executions('name=create+directory')).filter(({ object }) => object.endsWith('\\y'))).toEqual([])
  })

  it.each([
    ['is a file', 'is not a directory', () => writeFileSync(folder, '')],
    ['is below a file', 'not a directory', () => writeFileSync(folder, ''), 'below'],
    ['has a link for its journal', 'is a link', () => linked('journal.jsonl')],
    ['has a link for a folder', 'is a link', () => linked('undo')],
  ])('sends no change where the case %s', async (_what, why, given, below = '') => {
    given()
    const { code, err } = await fleet.cbc(['--case', join(folder, below), 'lr', 'rm', DEVICE, HOSTS])
    expect({ code, err }).toEqual({
      code: expect.toSatisfy((one: number) => one > 0) as number,
      err: expect.stringContaining(why) as string,
    })
    expect(await fleet.executions('name=delete+file')).toEqual([])
  })

  it('writes nothing through a link that somebody put into the case', async () => {
    const outside = linked('files')
    const { code, err } = await cbc('lr', 'get', DEVICE, HOSTS)
    expect({ code, err }).toEqual({ code: 8, err: expect.stringContaining('is a link, and nothing is written through it') as string })
    expect(readdirSync(outside)).toEqual([])
  })

  it('never keeps the token, nor what looks like a password', async () => {
    await cbc('lr', 'exec', DEVICE, 'net user bob Passw0rd! /add')
    await cbc('lr', 'reg', 'add', DEVICE, 'HKCU\\Software\\X', '-v', 'DefaultPassword', '-d', 'hunter2222')
    const kept = everything()
    expect(kept).not.toMatch(/Passw0rd|hunter2222/)
    expect(kept).not.toContain(fleet.lab.token)
    expect(ended().map(({ line }) => line)).toEqual([expect.stringMatching(/lr exec WIN-FIN-01 .*\*\*\*$/), expect.stringContaining('***')])
  })
})

describe('files that come home', () => {
  it('go into the case under their own path, with what the endpoint says of them', async () => {
    const { out } = await cbc('lr', 'get', DEVICE, HOSTS, '--json')
    const [{ files }] = ended() as [JournalLine]
    const file = `files/${DEVICE}/C/Windows/System32/drivers/etc/hosts`
    expect(files).toEqual([
      expect.objectContaining({
        file,
        path: HOSTS,
        sha256: sha256(file),
        size: textOf(file).length,
        last_write_time: expect.any(String) as string,
        attributes: expect.any(Array) as unknown[],
      }),
    ])
    expect(JSON.parse(out)).toMatchObject({ local_path: join(folder, file) })
  })

  it('are kept once where they are the same, and under another name where they are not', async () => {
    for (let n = 0; n < 2; n++) await cbc('lr', 'get', DEVICE, HOSTS)
    const changed = join(testFolder(), 'hosts')
    writeFileSync(changed, 'changed')
    await fleet.cbc(['lr', 'put', DEVICE, changed, HOSTS, '--force', '--yes'])
    for (let n = 0; n < 2; n++) await cbc('lr', 'get', DEVICE, HOSTS)
    const file = `files/${DEVICE}/C/Windows/System32/drivers/etc/hosts`
    expect(ended().map(({ files }) => files?.[0]?.file)).toEqual([file, file, `${file} (2)`, `${file} (2)`])
    expect(textOf(`${file} (2)`)).toBe('changed')
  })

  it('stay where they were sent to by name, and the line says where', async () => {
    const elsewhere = join(testFolder(), 'hosts')
    await cbc('lr', 'get', DEVICE, HOSTS, elsewhere)
    expect(ended()[0]?.files).toEqual([expect.objectContaining({ local_path: elsewhere, path: HOSTS })])
    expect(existsSync(join(folder, 'files'))).toBe(false)
  })

  it('from the cloud, or go there, are named with their hashes, too', async () => {
    const [local, copy] = [join(testFolder(), 'tool.exe'), join(testFolder(), 'copy.exe')]
    writeFileSync(local, 'a tool')
    const { out: opened } = await fleet.cbc(['lr', 'session', 'start', DEVICE, '--json'])
    const { id } = JSON.parse(opened) as { id: string }
    const { out: staged } = await cbc('lr', 'file', 'upload', id, local, '--json')
    await cbc('lr', 'file', 'download', id, (JSON.parse(staged) as { id: string }).id, copy)
    const hash = createHash('sha256').update('a tool').digest('hex')
    expect(ended().map(({ verb, files }) => ({ verb, files }))).toEqual([
      { verb: 'file upload', files: [{ path: 'tool.exe', local_path: local, size: 6, sha256: hash }] },
      { verb: 'file download', files: [{ path: 'tool.exe', local_path: copy, size: 6, sha256: hash }] },
    ])
  })

  it("are the group's in a case that analysts share, with the folders that they are in", async () => {
    mkdirSync(folder)
    chmodSync(folder, 0o2770)
    await cbc('lr', 'get', DEVICE, HOSTS)
    const file = ended()[0]?.files?.[0]?.file ?? ''
    const modes = [join(file, '../../..'), dirname(file), file].map(name => statSync(join(folder, name)).mode & 0o7777)
    expect(modes).toEqual([0o2770, 0o2770, 0o660])
  })

  it('are never overwritten: --force is refused', async () => {
    expect((await cbc('lr', 'get', DEVICE, HOSTS, '--force')).code).toBe(2)
    expect(await cbc('lr', 'get', DEVICE, '-r', 'C:\\Windows\\System32\\drivers\\etc', '--force')).toMatchObject({ code: 2 })
  })

  it('of a folder, a pattern, a collection and the registry have their place', async () => {
    await cbc('lr', 'get', DEVICE, '-r', 'C:\\Windows\\System32\\drivers\\etc')
    await cbc('lr', 'get', DEVICE, 'C:\\Win*\\System32\\drivers\\etc\\h*')
    await cbc('lr', 'collect', 'WindowsHostsFile,WindowsRunKeys', DEVICE)
    await cbc('lr', 'reg', 'export', DEVICE, 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run')
    const hosts = `files/${DEVICE}/C/Windows/System32/drivers/etc/hosts`
    const files = ended().map(({ files: all = [] }) => all.map(({ file }) => file))
    expect(files.slice(0, 3)).toEqual([
      expect.arrayContaining([hosts]),
      [hosts],
      expect.arrayContaining([hosts, `results/${DEVICE}/WindowsRunKeys.json`]),
    ])
    expect(files[3]).toEqual([`results/${DEVICE}/Run.reg`])
    for (const file of files.flat()) expect(existsSync(join(folder, file ?? '')), file).toBe(true)
  })
})
