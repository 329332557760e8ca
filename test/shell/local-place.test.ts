import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { LocalShellOptions } from '../../src/core/host.ts'
import { completer } from '../../src/shell/completion.ts'
import { testFolder } from '../support/folder.ts'
import { openShell, type TestShell } from './open-shell.ts'

const folder = testFolder()
const sub = join(folder, 'sub dir')
const asked: (LocalShellOptions | undefined)[] = []

let open: TestShell
beforeAll(async () => {
  mkdirSync(sub)
  writeFileSync(join(sub, 'note.txt'), 'hello')
  open = await openShell({
    host: {
      env: { CBC_PROFILE: 'lab', HOME: folder },
      async localShell(_line, options) {
        asked.push(options)
        for await (const _ of options?.input ?? []) continue
        return 0
      },
    },
  })
})
const run = (line: string) => open.run(line)

it('the local directory is that of the program until lcd changes it', async () => {
  expect((await run('lpwd')).out).toBe(`${process.cwd()}\n`)
  expect(await run('lcd')).toEqual({ code: 0, out: '', err: '' })
  expect((await run('lcd "sub dir"; lpwd; lcd -; lpwd; lcd "~/sub dir/"; lpwd; lcd ..; lpwd')).out).toBe(
    [sub, folder, sub, folder, ''].join('\n'),
  )
  expect(await run('lcd nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('no such file') as string })
  expect(await run('lcd "sub dir/note.txt"')).toMatchObject({ code: 1, err: expect.stringContaining('is not a directory') as string })
  expect((await run('lpwd')).out).toBe(`${folder}\n`)
})

it('lls lists the local directory, with sizes', async () => {
  await run(`lcd "${folder}"`)
  expect(JSON.parse((await run('lls --json')).out)).toEqual([
    { filename: 'sub dir', directory: true, size: expect.any(Number) as number, last_write_time: expect.stringMatching(/Z$/) as string },
  ])
  expect((await run('lls "sub dir"')).out).toMatch(/^name\tsize\tmodified\nnote\.txt\t5\t\d{4}-/)
  expect(JSON.parse((await run('lls "sub dir/note.txt" --json')).out)).toMatchObject([{ filename: 'note.txt', directory: false, size: 5 }])
  expect(await run('lls nowhere')).toMatchObject({ code: 1 })
})

it('the local directory is where local paths of verbs, redirections and local commands start', async () => {
  await run(`lcd "${sub}"`)
  expect(await run('put note.txt C:\\Windows\\Temp\\n.txt -o csv --columns local_path')).toMatchObject({
    code: 0,
    out: `local_path\r\n${join(sub, 'note.txt')}\r\n`,
  })
  expect(await run('get C:\\Windows\\Temp\\n.txt ../back.txt -o csv --columns local_path')).toMatchObject({
    code: 0,
    out: `local_path\r\n${join(folder, 'back.txt')}\r\n`,
  })
  expect(readFileSync(join(folder, 'back.txt'), 'utf8')).toBe('hello')
  await run('pwd > here.txt; pwd >> here.txt')
  expect(readFileSync(join(sub, 'here.txt'), 'utf8').split('\n')).toHaveLength(3)
  asked.length = 0
  await run('pwd | cat; !ls')
  expect(asked.map(options => options?.directory)).toEqual([sub, sub])
})

it('the local directory is where completion looks', async () => {
  await run(`lcd "${folder}"`)
  const complete = completer(open.shell)
  const ask = async (line: string) => (await complete(line, line.length, new AbortController().signal)).candidates.map(({ text }) => text)
  expect(await ask('lcd ')).toEqual(['"sub dir/"'])
  expect(await ask('put "sub dir/no')).toEqual(['"sub dir/note.txt"'])
})
