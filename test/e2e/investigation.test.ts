import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { analyst } from './lab.ts'

const DEVICE = 'WIN-FIN-01'
interface Process {
  process_pid: number
  parent_pid: number
  process_path: string
  process_cmdline: string
}
interface Entry {
  filename: string
  path: string
  size: number
  attributes: string[]
  last_write_time: string
}

it('an analyst finds a suspicious process, fetches its file, kills it and deletes it, with single commands', async () => {
  const { built: cbc, home } = analyst()
  const processes = (await cbc('lr', 'ps', DEVICE, '--json')).json<Process[]>()
  const odd = processes.find(one => /\\users\\public\\svchost\.exe$/i.test(one.process_path))
  expect(odd).toBeDefined()
  const parent = processes.find(one => one.process_pid === odd?.parent_pid)
  expect(parent?.process_cmdline).toMatch(/powershell.* -enc/i)

  const path = 'C:\\Users\\Public\\svchost.exe'
  const stat = (await cbc('lr', 'stat', DEVICE, path, '--json')).json<Entry>()
  const got = (await cbc('lr', 'get', DEVICE, path, 'evidence.bin', '--json')).json<{ size: number; sha256: string; local_path: string }>()
  const bytes = readFileSync(join(home, 'evidence.bin'))
  expect(got).toMatchObject({
    path,
    size: stat.size,
    local_path: join(home, 'evidence.bin'),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  expect(bytes.length).toBe(stat.size)
  expect(existsSync(join(home, 'evidence.bin.part'))).toBe(false)

  // A running program cannot be deleted, and a killed one cannot be killed again.
  expect((await cbc('lr', 'rm', DEVICE, path)).code).toBe(5)
  const killed = await cbc('lr', 'kill', DEVICE, String(odd?.process_pid), '--json')
  expect(killed.json()).toEqual([{ process_pid: odd?.process_pid, process_path: odd?.process_path }])
  expect((await cbc('lr', 'kill', DEVICE, String(odd?.process_pid))).code).toBe(4)
  expect((await cbc('lr', 'rm', DEVICE, path, '--json')).json()).toEqual([{ path }])
  expect((await cbc('lr', 'stat', DEVICE, path)).code).toBe(4)
})

it('an uploaded file can be listed, fetched, run, and deleted, and the lab keeps it until it is reset', async () => {
  const { cbc, home } = analyst()
  writeFileSync(join(home, 'note.txt'), 'hello from the analyst\r\n')
  expect((await cbc('lr', 'mkdir', DEVICE, 'C:\\demo', '--json')).json()).toEqual([{ path: 'C:\\demo' }])
  const put = (await cbc('lr', 'put', DEVICE, 'note.txt', 'C:\\demo\\', '--json')).json<{ path: string; size: number }>()
  expect(put).toMatchObject({ path: 'C:\\demo\\note.txt', size: 24 })
  expect((await cbc('lr', 'put', DEVICE, 'note.txt', 'C:\\demo')).code).toBe(8)
  expect((await cbc('lr', 'ls', DEVICE, 'C:\\demo', '--json')).json<Entry[]>().map(entry => entry.path)).toEqual(['C:\\demo\\note.txt'])
  expect((await cbc('lr', 'cat', DEVICE, 'c:/DEMO/NOTE.TXT')).bytes.toString()).toBe('hello from the analyst\r\n')
  expect((await cbc('lr', 'exec', DEVICE, 'cmd.exe', '/c', 'type', 'C:\\demo\\note.txt')).stdout).toBe('hello from the analyst\r\n')
  expect((await cbc('lr', 'rm', DEVICE, 'C:\\demo')).code).toBe(5)
  expect((await cbc('lr', 'rm', DEVICE, 'C:\\demo\\*')).code).toBe(8)
  expect((await cbc('lr', 'rm', DEVICE, 'C:\\demo\\*', '--yes', '--json')).json()).toEqual([{ path: 'C:\\demo\\note.txt' }])
  expect((await cbc('lr', 'rm', DEVICE, 'C:\\demo')).code).toBe(0)
  await cbc('lr', 'mkdir', DEVICE, 'C:\\kept')
  expect((await cbc('lr', 'stat', DEVICE, 'C:\\kept')).code).toBe(0)
  expect((await cbc('lab', 'reset', '--json')).json()).toMatchObject({ reset: true })
  expect((await cbc('lr', 'stat', DEVICE, 'C:\\kept')).code).toBe(4)
})

it('the registry is read and changed as by reg.exe', async () => {
  const { cbc } = analyst()
  const run = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run'
  const key = (await cbc('lr', 'reg', 'query', DEVICE, run, '--json')).json<{
    path: string
    sub_keys: string[]
    values: { registry_name: string; registry_type: string; registry_data: string }[]
  }>()
  const planted = key.values.find(value => /OneDriveSync\.exe/.test(value.registry_data))
  expect(planted?.registry_type).toBe('REG_SZ')
  expect((await cbc('lr', 'reg', 'query', DEVICE, run, '-v', planted?.registry_name ?? '', '--json')).json()).toEqual({
    path: run,
    ...planted,
  })
  expect((await cbc('lr', 'reg', 'query', DEVICE, `${run}\\${planted?.registry_name ?? ''}`, '--json')).json()).toEqual({
    path: run,
    ...planted,
  })
  expect((await cbc('lr', 'reg', 'delete', DEVICE, run, '/v', planted?.registry_name ?? '', '/f', '--json')).code).toBe(0)
  expect((await cbc('lr', 'reg', 'query', DEVICE, run, '-v', planted?.registry_name ?? '')).code).toBe(4)

  const demo = 'HKLM\\SOFTWARE\\Demo'
  const cases: [string, string, string | string[]][] = [
    ['REG_SZ', 'text', 'text'],
    ['REG_EXPAND_SZ', '%TEMP%\\x', '%TEMP%\\x'],
    ['REG_DWORD', '0x10', '16'],
    ['REG_QWORD', '18446744073709551615', '18446744073709551615'],
    ['REG_MULTI_SZ', 'a\\0b', ['a', 'b']],
    ['REG_BINARY', '00ff1C', '00ff1c'],
  ]
  for (const [type, data, stored] of cases) {
    expect((await cbc('lr', 'reg', 'add', DEVICE, demo, '-v', type, '-t', type, '-d', data)).code).toBe(0)
    expect((await cbc('lr', 'reg', 'query', DEVICE, demo, '-v', type, '--json')).json()).toEqual({
      path: demo,
      registry_name: type,
      registry_type: type,
      registry_data: stored,
    })
  }
  expect((await cbc('lr', 'reg', 'add', DEVICE, demo, '/v', 'REG_SZ', '/d', 'other')).code).toBe(8)
  expect((await cbc('lr', 'reg', 'add', DEVICE, demo, '/v', 'REG_SZ', '/d', 'other', '/f')).code).toBe(0)
  await cbc('lr', 'reg', 'add', DEVICE, `${demo}\\Below\\Deep`)
  expect((await cbc('lr', 'reg', 'query', DEVICE, demo, '-s', '--json')).json<{ path: string }[]>().map(one => one.path)).toEqual([
    demo,
    `${demo}\\Below`,
    `${demo}\\Below\\Deep`,
  ])
  expect((await cbc('lr', 'reg', 'delete', DEVICE, demo)).code).toBe(8)
  expect((await cbc('lr', 'reg', 'delete', DEVICE, demo, '-s', '--yes')).code).toBe(0)
  expect((await cbc('lr', 'reg', 'query', DEVICE, demo)).code).toBe(4)
})

it('memory is dumped, and programs run with their output and exit code', async () => {
  const { cbc } = analyst()
  const dump = (await cbc('lr', 'memdump', DEVICE, 'C:\\Windows\\Temp\\m.dmp', '--json')).json<{ path: string; size: number }>()
  expect((await cbc('lr', 'stat', DEVICE, dump.path, '--json')).json<Entry>().size).toBe(dump.size)
  expect((await cbc('lr', 'exec', DEVICE, 'whoami')).stdout.trim()).toMatch(/\\/)
  expect((await cbc('lr', 'exec', DEVICE, 'cmd.exe /c exit 42')).code).toBe(42)
  const done = await cbc('lr', 'exec', DEVICE, '--json', 'cmd.exe /c exit 42')
  expect(done.code).toBe(0)
  expect(done.json()).toMatchObject({ return_code: 42, output: '', output_encoding: 'utf8' })
  expect((await cbc('lr', 'exec', DEVICE, 'no-such-program')).code).toBe(4)
  // It leaves no file behind.
  expect((await cbc('lr', 'ls', DEVICE, 'C:\\Windows\\Temp\\cbc-*')).code).toBe(4)
})

it('this machine works as a Linux endpoint, with real files, processes and programs', async () => {
  const { cbc, home } = analyst()
  const linux = 'LNX-LAB-01'
  expect((await cbc('lr', 'exec', linux, '--shell', 'echo out; echo err >&2; exit 3')).code).toBe(3)
  expect((await cbc('lr', 'exec', linux, 'uname')).stdout.trim()).not.toBe('')
  writeFileSync(join(home, 'a file'), 'x'.repeat(5000))
  expect((await cbc('lr', 'put', linux, 'a file', '/tmp/')).code).toBe(0)
  expect((await cbc('lr', 'exec', linux, '--cwd', '/tmp', 'wc', '-c', 'a file')).stdout).toMatch(/^5000 /)
  expect((await cbc('lr', 'cat', linux, '/tmp/a file', '--tail', '3')).stdout).toBe('xxx')
  expect((await cbc('lr', 'stat', linux, '/../../../proc/version')).code).toBe(4)
  const own = (await cbc('lr', 'ps', linux, '--json')).json<Process[]>()
  expect(own.length).toBeGreaterThan(0)
  expect((await cbc('lr', 'kill', linux, String(process.pid))).code).toBe(5)
  const { process_pid: pid } = (await cbc('lr', 'exec', linux, '--no-wait', '--json', 'sleep', '300')).json<{ process_pid: number }>()
  expect((await cbc('lr', 'kill', linux, String(pid), '--json')).json()).toMatchObject([{ process_pid: pid }])
  expect((await cbc('lr', 'reg', 'query', linux, 'HKLM\\Software')).code).toBe(8)
  expect((await cbc('lr', 'memdump', linux)).code).toBe(8)
})
