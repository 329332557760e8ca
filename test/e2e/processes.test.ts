import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readRegFile } from '../remote/reg-file-reader.ts'
import { until } from '../support/host.ts'
import { start } from '../support/program.ts'
import { analyst, failure } from './lab.ts'

const WINDOWS = 'WIN-FIN-01'
const LINUX = 'LNX-LAB-01'
interface Done {
  process_pid: number
  return_code: number
  output: string
}

it('scripts run with their arguments, output and exit code, and leave no file behind', async () => {
  const { cbc, home } = analyst()
  writeFileSync(join(home, 'a.ps1'), 'Write-Output "from PowerShell"\n')
  writeFileSync(join(home, 'b.bat'), '@echo off\r\necho %~1 and %~2\r\nexit /b 7\r\n')
  writeFileSync(join(home, 'c.sh'), 'echo "$# $1 $2"; exit 3\n')
  writeFileSync(join(home, 'd.txt'), 'one\r\ntwo\r\n')
  expect((await cbc('lr', 'script', WINDOWS, '--json', 'a.ps1')).json()).toMatchObject({
    return_code: 0,
    output: 'from PowerShell\r\n',
    output_encoding: 'utf8',
  })
  const batch = await cbc('lr', 'script', WINDOWS, 'b.bat', 'one', 'two words')
  expect([batch.code, batch.stdout]).toEqual([7, 'one and two words\r\n'])
  const shell = await cbc('lr', 'script', LINUX, 'c.sh', '--json', 'a b')
  expect([shell.code, shell.stdout]).toEqual([3, '2 --json a b\n'])
  expect((await cbc('lr', 'script', WINDOWS, '--interpreter', 'findstr.exe two', 'd.txt')).stdout).toContain('two')
  expect(failure(await cbc('lr', 'script', WINDOWS, '--json', 'd.txt')).code).toBe('usage')
  expect((await cbc('lr', 'script', WINDOWS, 'none.ps1')).code).toBe(1)
  expect((await cbc('lr', 'script', WINDOWS, 'c.sh')).code).toBe(8)
  for (const place of [
    [WINDOWS, 'C:\\Windows\\Temp\\cbc-*'],
    [LINUX, '/tmp/cbc-*'],
  ])
    expect((await cbc('lr', 'ls', ...place)).code).toBe(4)
})

it('a script is ended and deleted when it is interrupted', async () => {
  const { cbc, home, env } = analyst()
  writeFileSync(join(home, 'long.ps1'), 'Start-Sleep -Seconds 300\n')
  const running = start(['lr', 'script', WINDOWS, '--verbose', 'long.ps1'], { home, cwd: home, env })
  // Other commands of the endpoint wait behind it.
  await until(async () => (await cbc('lr', 'command', 'list', WINDOWS, '--json')).stdout.includes('"IN_PROGRESS"'))
  expect(await running.kill('SIGINT')).toEqual({ code: 130, signal: null })
  expect((await cbc('lr', 'ps', WINDOWS, '--filter', 'cbc-', '--json')).json()).toEqual([])
  expect((await cbc('lr', 'ls', WINDOWS, 'C:\\Windows\\Temp\\cbc-*')).code).toBe(4)
})

it('programs run in a directory, through a shell, or detached, and keep their output where told', async () => {
  const { cbc } = analyst()
  expect((await cbc('lr', 'exec', WINDOWS, '--cwd', 'C:\\Users', '--shell', 'cd & exit 5')).stdout).toBe('C:\\Users\r\n')
  expect((await cbc('lr', 'exec', LINUX, '--shell', 'echo x; exit 200')).code).toBe(200)
  // A shell sees only the lowest eight bits: a failure never becomes 0.
  expect((await cbc('lr', 'exec', WINDOWS, 'cmd.exe /c exit 256')).code).toBe(1)
  expect((await cbc('lr', 'exec', WINDOWS, '--output-file', 'C:\\Users\\Public\\kept.txt', 'whoami')).stdout).toBe(
    (await cbc('lr', 'cat', WINDOWS, 'C:\\Users\\Public\\kept.txt')).stdout,
  )
  const left = (await cbc('lr', 'exec', LINUX, '--no-wait', '--json', 'sleep', '300')).json<Done>()
  expect(left).toMatchObject({ return_code: 0, output: '' })
  expect((await cbc('lr', 'kill', LINUX, String(left.process_pid), '--if-name', 'calc')).code).toBe(8)
  expect((await cbc('lr', 'kill', LINUX, 'sleep')).code).toBe(8)
  expect((await cbc('lr', 'kill', LINUX, String(left.process_pid), '--if-name', 'sleep', '--json')).json()).toMatchObject([
    { process_pid: left.process_pid },
  ])
  expect((await cbc('lr', 'exec', LINUX, '   ')).code).toBe(2)
})

it('many MiB of output arrive complete', async () => {
  const { cbc } = analyst()
  const { bytes, code } = await cbc('lr', 'exec', LINUX, '--shell', 'head -c 20000000 /dev/zero; exit 4')
  expect([code, bytes.length, bytes.every(byte => byte === 0)]).toEqual([4, 20_000_000, true])
})

it('keys are exported as reg import accepts them', async () => {
  const { cbc, home } = analyst()
  const demo = 'HKLM\\SOFTWARE\\Demo Key'
  for (const words of [
    ['-v', 'text', '-d', 'C:\\a "b"'],
    ['--default', '-d', 'default'],
    ['-v', 'n', '-t', 'REG_DWORD', '-d', '0xff'],
    ['-v', 'm', '-t', 'REG_MULTI_SZ', '-d', 'a\\0b'],
    ['-v', 'b', '-t', 'REG_BINARY', '-d', '00ff'.repeat(50)],
  ]) {
    expect((await cbc('lr', 'reg', 'add', WINDOWS, demo, ...words)).code).toBe(0)
  }
  await cbc('lr', 'reg', 'add', WINDOWS, `${demo}\\Below`)
  const done = (await cbc('lr', 'reg', 'export', WINDOWS, demo, 'demo.reg', '--json')).json<{ sha256: string }>()
  const bytes = readFileSync(join(home, 'demo.reg'))
  expect(done).toEqual({
    path: demo,
    local_path: join(home, 'demo.reg'),
    keys: 2,
    values: 5,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  const keys = readRegFile(bytes)
  expect([...keys.keys()]).toEqual(['HKEY_LOCAL_MACHINE\\SOFTWARE\\Demo Key', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Demo Key\\Below'])
  const values = new Map([...keys.values()].flat().map(({ name, data }) => [name, data]))
  expect(values.get('text')?.toString('utf16le')).toBe('C:\\a "b"\0')
  expect(values.get('b')?.toString('hex')).toBe('00ff'.repeat(50))
  expect((await cbc('lr', 'reg', 'delete', WINDOWS, demo, '/va')).code).toBe(8)
  expect((await cbc('lr', 'reg', 'delete', WINDOWS, demo, '/va', '--yes')).code).toBe(0)
  expect((await cbc('lr', 'reg', 'query', WINDOWS, demo, '--json')).json()).toMatchObject({ sub_keys: ['Below'], values: [] })
})

it("a memory dump is fetched, verified by the endpoint's own hash, and deleted on the endpoint", async () => {
  const { cbc, home } = analyst()
  const { json, code, stderr } = await cbc('lr', 'memdump', WINDOWS, '--compress', '--get', 'm.zip', '--json')
  expect([code, stderr]).toEqual([0, ''])
  const done = json<{ path: string; size: number; sha256: string }>()
  const bytes = readFileSync(join(home, 'm.zip'))
  expect(done).toMatchObject({
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    local_path: join(home, 'm.zip'),
  })
  expect((await cbc('lr', 'stat', WINDOWS, done.path)).code).toBe(4)
  expect(existsSync(join(home, 'm.zip.part'))).toBe(false)
})

it('a program started on Windows without waiting returns at once, and runs until it is killed', async () => {
  const { cbc } = analyst()
  const { process_pid: pid } = (await cbc('lr', 'exec', 'WIN-FIN-01', '--no-wait', '--json', 'notepad.exe')).json<{ process_pid: number }>()
  const running = async () =>
    (await cbc('lr', 'ps', 'WIN-FIN-01', '--json')).json<{ process_pid: number }[]>().some(one => one.process_pid === pid)
  expect(await running()).toBe(true)
  expect((await cbc('lr', 'kill', 'WIN-FIN-01', String(pid))).code).toBe(0)
  expect(await running()).toBe(false)
})
