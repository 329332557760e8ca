import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { analyst, failure } from './lab.ts'

const DEVICE = 'WIN-FIN-01'
interface Entry {
  filename: string
  path: string
  size: number
  attributes: string[]
  last_write_time: string
}
interface Got {
  path: string
  local_path: string
  size: number
  sha256: string
  error?: { code: string }
}

it('a tree is uploaded, found, drawn, hashed, dumped, listed as a body file, downloaded unchanged, and deleted', async () => {
  const { cbc, home } = analyst()
  mkdirSync(join(home, 'kit', 'deep', 'deeper'), { recursive: true })
  mkdirSync(join(home, 'kit', 'bare'))
  writeFileSync(join(home, 'kit', 'one.txt'), 'one\n')
  writeFileSync(join(home, 'kit', 'deep', 'deeper', 'two.bin'), Buffer.alloc(3000, 'ab'))
  writeFileSync(join(home, 'kit', 'empty'), '')

  const put = await cbc('lr', 'put', DEVICE, '-r', 'kit', 'C:\\kit', '--json')
  expect(put.code).toBe(7)
  expect(put.json<Got[]>().map(({ path, error }) => [path, error?.code])).toEqual([
    ['C:\\kit\\deep\\deeper\\two.bin', undefined],
    ['C:\\kit\\empty', 'refused'],
    ['C:\\kit\\one.txt', undefined],
  ])
  expect((await cbc('lr', 'put', DEVICE, '-r', 'kit', 'C:\\', '--json')).json<Got[]>().map(({ error }) => error?.code)).toEqual([
    'refused',
    'refused',
    'refused',
  ])

  const found = (await cbc('lr', 'find', DEVICE, 'C:\\kit', '--name', '*.BIN', '--size', '+2k', '--newer', '1h', '--json')).json<Entry[]>()
  expect(found.map(({ path, size }) => [path, size])).toEqual([['C:\\kit\\deep\\deeper\\two.bin', 3000]])
  expect(
    (await cbc('lr', 'find', DEVICE, 'C:\\kit', '--type', 'd', '-o', 'ndjson')).stdout
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as Entry).filename),
  ).toEqual(['bare', 'deep', 'deeper'])
  expect((await cbc('lr', 'tree', DEVICE, 'C:\\kit')).stdout).toBe(
    'C:\\kit\n├── bare\\\n├── deep\\\n│   └── deeper\\\n│       └── two.bin\n└── one.txt\n',
  )
  expect((await cbc('lr', 'tree', DEVICE, 'C:\\kit', '--json')).json<Entry[]>()).toHaveLength(5)
  expect((await cbc('lr', 'ls', DEVICE, '-R', 'C:\\kit', '--json')).json<Entry[]>().map(({ filename }) => filename)).toEqual([
    'bare',
    'deep',
    'one.txt',
    'deeper',
    'two.bin',
  ])
  const body = (await cbc('lr', 'ls', DEVICE, '-R', '--bodyfile', 'C:\\kit')).stdout.trim().split('\n')
  expect(body.map(line => line.split('|').length)).toEqual([11, 11, 11, 11, 11])
  expect(body[2]).toMatch(/^0\|C:\\kit\\one\.txt\|0\|r\/rrwxrwxrwx\|0\|0\|4\|\d{10}\|\d{10}\|0\|\d{10}$/)

  const digest = (kind: string) => createHash(kind).update('one\n').digest('hex')
  expect((await cbc('lr', 'hash', DEVICE, 'C:\\kit\\one.txt', '--json')).json()).toEqual({
    path: 'C:\\kit\\one.txt',
    size: 4,
    sha256: digest('sha256'),
    sha1: digest('sha1'),
    md5: digest('md5'),
  })
  expect((await cbc('lr', 'hexdump', DEVICE, 'C:\\kit\\one.txt', '--json')).json()).toEqual({
    path: 'C:\\kit\\one.txt',
    offset: 0,
    size: 4,
    content: 'one\n',
    content_encoding: 'utf8',
  })
  expect((await cbc('lr', 'hexdump', DEVICE, 'C:\\kit\\one.txt')).stdout).toMatch(/^00000000 {2}6f 6e 65 0a .*\|one\.\|\n00000004\n$/)

  const got = (await cbc('lr', 'get', DEVICE, '-r', 'C:\\kit', 'back', '--json')).json<Got[]>()
  expect(got.map(({ path, local_path }) => [path, local_path])).toEqual([
    ['C:\\kit\\one.txt', join(home, 'back', 'one.txt')],
    ['C:\\kit\\deep\\deeper\\two.bin', join(home, 'back', 'deep', 'deeper', 'two.bin')],
  ])
  expect(
    readFileSync(join(home, 'back', 'deep', 'deeper', 'two.bin')).equals(readFileSync(join(home, 'kit', 'deep', 'deeper', 'two.bin'))),
  ).toBe(true)
  expect(readdirSync(join(home, 'back'))).toEqual(['bare', 'deep', 'one.txt'])
  expect(statSync(join(home, 'back', 'one.txt')).mtimeMs).toBe(
    Date.parse((await cbc('lr', 'stat', DEVICE, 'C:\\kit\\one.txt', '--json')).json<Entry>().last_write_time),
  )
  // An existing destination gets the directory by its name.
  await cbc('lr', 'get', DEVICE, '-r', 'C:\\kit', 'back')
  expect(existsSync(join(home, 'back', 'kit', 'one.txt'))).toBe(true)

  const refused = await cbc('lr', 'rm', DEVICE, '-r', 'C:\\kit', '--json')
  expect([refused.code, failure(refused).message]).toEqual([8, expect.stringContaining('delete 6 on WIN-FIN-01')])
  expect((await cbc('lr', 'rm', DEVICE, '-r', 'C:\\kit', '--dry-run', '--json')).json<unknown[]>()).toHaveLength(6)
  const gone = (await cbc('lr', 'rm', DEVICE, '-r', 'C:\\kit', '--yes', '--json')).json<{ path: string }[]>().map(({ path }) => path)
  expect(gone.at(-1)).toBe('C:\\kit')
  expect(gone.indexOf('C:\\kit\\deep\\deeper\\two.bin')).toBeLessThan(gone.indexOf('C:\\kit\\deep'))
  expect((await cbc('lr', 'stat', DEVICE, 'C:\\kit')).code).toBe(4)
})

it('links are not followed, unreadable files are reported with a summary, and whole drives are not deleted', async () => {
  const { cbc } = analyst()
  const found = await cbc('lr', 'find', DEVICE, 'C:\\', '--max-depth', '2')
  expect(found.code).toBe(7)
  expect(found.stderr).toMatch(/access denied \(0x80070005\)\n(.*\n)*cbc: \d+ of \d+ failed\n$/)
  expect(found.stdout).toContain('C:\\Documents and Settings')
  expect(found.stdout).not.toContain('C:\\Documents and Settings\\')
  expect(failure(await cbc('lr', 'rm', DEVICE, '-r', 'C:\\', '--yes', '--json')).code).toBe('refused')
  expect((await cbc('lr', 'find', DEVICE, 'C:\\nowhere')).code).toBe(4)
  expect((await cbc('lr', 'find', DEVICE, 'C:\\', '--size', 'big')).code).toBe(2)
  expect((await cbc('lr', 'ls', DEVICE, '--bodyfile')).code).toBe(2)
})

it('with patterns each file has its row, failed ones their error, and nothing is overwritten unasked', async () => {
  const { cbc, home } = analyst()
  const etc = 'C:\\Windows\\System32\\drivers\\etc'
  const first = await cbc('lr', 'get', DEVICE, `${etc}\\*`, 'etc', '--json')
  expect(first.code).toBe(0)
  const count = first.json<Got[]>().length
  expect(count).toBeGreaterThan(1)
  writeFileSync(join(home, 'etc', 'hosts'), 'mine')
  const again = await cbc('lr', 'get', DEVICE, `${etc}\\*`, 'etc', '--json')
  expect(again.code).toBe(7)
  expect(again.json<Got[]>().map(({ error }) => error?.code)).toEqual(Array(count).fill('refused'))
  expect(readFileSync(join(home, 'etc', 'hosts'), 'utf8')).toBe('mine')
  expect((await cbc('lr', 'get', DEVICE, `${etc}\\*`, 'etc', '--force')).code).toBe(0)
  expect(readFileSync(join(home, 'etc', 'hosts'), 'utf8')).not.toBe('mine')
  expect((await cbc('lr', 'get', DEVICE, `${etc}\\*.none`)).code).toBe(4)
  expect((await cbc('lr', 'get', DEVICE, etc)).code).toBe(5)
})
