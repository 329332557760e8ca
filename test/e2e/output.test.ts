import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { COMMAND_IN_SH } from '../support/command.ts'
import { run } from '../support/program.ts'
import { analyst } from './lab.ts'

const W = 'WIN-FIN-01'

it('every output format has the same columns, and nothing else is on stdout', async () => {
  const { cbc } = analyst()
  const plain = await cbc('lr', 'ls', W, 'C:\\Users')
  const [heading, ...rows] = plain.stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  expect(heading).toEqual(['last_write_time', 'size', 'attributes', 'filename'])
  expect(rows.every(row => row.length === 4)).toBe(true)
  expect(plain.stdout).not.toMatch(/\u001b/)
  expect(plain.stderr).toBe('')

  const json = await cbc('lr', 'ls', W, 'C:\\Users', '--json')
  expect(json.stdout.trimEnd()).not.toContain('\n')
  const entries = json.json<{ filename: string; path: string; last_write_time: string }[]>()
  expect(entries.map(entry => entry.filename)).toEqual(rows.map(row => row[3]))
  expect(
    entries.every(
      entry => entry.path === `C:\\Users\\${entry.filename}` && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(entry.last_write_time),
    ),
  ).toBe(true)
  expect(Object.keys(entries[0] ?? {}).sort()).toEqual([
    'alternate_name',
    'attributes',
    'create_time',
    'filename',
    'last_access_time',
    'last_write_time',
    'path',
    'size',
  ])

  const ndjson = (await cbc('lr', 'ls', W, 'C:\\Users', '-o', 'ndjson')).stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  expect(ndjson).toEqual(entries)
  const csv = (await cbc('lr', 'ls', W, 'C:\\Users', '-o', 'csv', '--columns', 'filename,path')).stdout
  expect(csv).toBe(`filename,path\r\n${entries.map(entry => `${entry.filename},${entry.path}\r\n`).join('')}`)
  const table = (await cbc('--output', 'table', 'lr', 'ls', W, 'C:\\Users')).stdout
  expect(table).toMatch(/^last_write_time +size +attributes +filename\n/)
})

it('a command continues past items that fail, and exits with 7', async () => {
  const { cbc } = analyst()
  const { code, stdout, stderr } = await cbc('lr', 'mkdir', W, 'C:\\one', 'C:\\no\\such', 'C:\\two', '--json')
  expect(code).toBe(7)
  expect(JSON.parse(stdout)).toMatchObject([
    { path: 'C:\\one' },
    { path: 'C:\\no\\such', error: { code: 'not_found' } },
    { path: 'C:\\two' },
  ])
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'partial', message: '1 of 3 failed' } })
})

it('NO_COLOR decides where FORCE_COLOR is set too, and nothing but the error is on stderr', async () => {
  const { home, env } = analyst()
  const { code, stderr } = await run(['lr', 'stat', W, 'C:\\none'], { home, env: { ...env, NO_COLOR: '1', FORCE_COLOR: '1' } })
  expect({ code, stderr }).toEqual({ code: 4, stderr: 'cbc: C:\\none: no such file or directory (0x80070002)\n' })
})

/** Runs a line of sh that begins with the program. */
async function inShell(line: string): Promise<{ code: unknown; out: string; err: string }> {
  const { home, env } = analyst()
  const child = spawn('sh', ['-c', `${COMMAND_IN_SH} ${line}`], { env: { ...process.env, ...env, HOME: home, XDG_STATE_HOME: home } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  return { code, out, err }
}

it('a command ends without an error when its reader is gone', async () => {
  expect(await inShell(`lr ls ${W} 'C:\\Windows\\System32' | head -1`)).toEqual({
    code: 0,
    out: 'last_write_time\tsize\tattributes\tfilename\n',
    err: '',
  })
  expect(await inShell('--help | true')).toEqual({ code: 0, out: '', err: '' })
})

it.runIf(existsSync('/dev/full'))('text that is ready at once fails in one line where it can not be written', async () => {
  expect(await inShell('lr ls --help > /dev/full')).toEqual({ code: 1, out: '', err: expect.stringMatching(/^cbc: .*no space left.*\n$/) })
})

it('--dry-run shows what would be sent, and changes nothing', async () => {
  const { cbc } = analyst()
  expect((await cbc('lr', 'kill', W, '9380', '--dry-run', '--json')).json()).toEqual([{ name: 'kill', pid: 9380 }])
  expect((await cbc('lr', 'mkdir', W, 'C:\\dry', '--dry-run', '--json')).json()).toEqual([{ name: 'create directory', path: 'C:\\dry' }])
  expect((await cbc('lr', 'stat', W, 'C:\\dry')).code).toBe(4)
  expect((await cbc('lr', 'ps', W, '--filter', '9380', '--json')).code).toBe(0)
})

it('global options work before and after the command, and -v shows requests without the token', async () => {
  const { cbc } = analyst()
  const before = await cbc('--json', '-v', 'lr', 'drives', W)
  const after = await cbc('lr', 'drives', W, '-v', '--json')
  expect(before.json()).toEqual(after.json())
  expect(after.stderr).toMatch(/^POST \/appservices\/v6\/orgs\/\w+\/devices\/_search 200 \d+ ms$/m)
  expect(after.stderr).not.toMatch(/ABCDEFGHIJKLMNO/)
})
