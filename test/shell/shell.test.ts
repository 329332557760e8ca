import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { interrupted } from '../../src/core/errors.ts'
import { ClosedPipe } from '../../src/core/ports.ts'
import { memoryOutput, until } from '../support/host.ts'
import { testFolder } from '../support/folder.ts'
import { openShell, type TestShell } from './open-shell.ts'

const folder = testFolder()

let main: TestShell
beforeAll(async () => {
  main = await openShell({ history: ['ls', 'cat \u001b[2J'] })
})
const run = (...given: Parameters<TestShell['run']>) => main.run(...given)

describe('a verb', () => {
  it('runs in the directory and session of the shell', async () => {
    expect(await run('cd C:\\Windows\\System32\\drivers\\etc')).toEqual({ code: 0, out: '', err: '' })
    expect((await run('ls -o csv --columns path hosts')).out).toBe('path\r\nC:\\Windows\\System32\\drivers\\etc\\hosts\r\n')
    expect((await run('cat hosts --head 1')).out).toHaveLength(1)
    expect((await run('dir hosts --json')).out).toMatch(/^\[\{"filename":"hosts"/)
  })

  it('reports a mistake in the line, with its exit code', async () => {
    expect(await run('stat C:\\nope')).toEqual({ code: 4, out: '', err: expect.stringMatching(/^cbc: C:\\nope: no such .*\n/) as string })
    expect(await run('lss')).toMatchObject({ code: 2, err: expect.stringMatching(/^cbc: unknown command 'lss'\nhint: /) as string })
    expect(await run('ls "open')).toMatchObject({ code: 2, err: expect.stringContaining('not closed') as string })
    expect(await run('stat')).toMatchObject({ code: 2, err: "cbc: missing required argument 'path'\nhint: see `help stat`\n" })
  })

  it('reports it as JSON when the line or the shell asks for that', async () => {
    const told = (err: string) => (JSON.parse(err) as { error: { code: string } }).error.code
    expect(told((await run('stat C:\\nope --json')).err)).toBe('not_found')
    const json = await openShell({ globals: { output: 'json' } })
    expect(told((await json.run('stat C:\\nope')).err)).toBe('not_found')
    expect((await json.run('drives')).out).toMatch(/^\["/)
    expect((await json.run('drives -o csv')).out).toMatch(/^drive\r\n/)
  })

  it('is refused when nobody can confirm it, or with --read-only', async () => {
    expect(await run('rm C:\\Windows\\Temp\\*')).toMatchObject({ code: 8 })
    const careful = await openShell({ policy: { readOnly: true, yes: false } })
    expect(await careful.run('mkdir C:\\x')).toMatchObject({ code: 8, err: expect.stringContaining('--read-only') as string })
    expect(await careful.run('stat C:\\x')).toMatchObject({ code: 4 })
  })

  it('only says what it would do with --dry-run', async () => {
    expect((await run('mkdir C:\\dry --dry-run -o ndjson')).out).toBe('{"name":"create directory","path":"C:\\\\dry"}\n')
    expect((await run('stat C:\\dry')).code).toBe(4)
  })

  it('ends as interrupted when it is cancelled', async () => {
    const stop = new AbortController()
    const running = run('exec ping -n 500 127.0.0.1; pwd', stop.signal)
    await until(() => main.shell.runs > 0)
    stop.abort(interrupted())
    expect(await running).toEqual({ code: 130, out: '', err: 'cbc: interrupted\n' })
    expect((await run('pwd')).code).toBe(0)
  })
})

describe('several commands on a line', () => {
  it('run in order, && stops at a failure, and ; does not', async () => {
    expect(await run('cd C:\\; pwd; cd Windows && pwd')).toEqual({ code: 0, out: 'C:\\\nC:\\Windows\n', err: '' })
    expect(await run('stat nope && pwd')).toMatchObject({ code: 4, out: '' })
    expect(await run('stat nope; pwd')).toMatchObject({ code: 0, out: 'C:\\Windows\n' })
  })

  it('do not run at all when the line is invalid', async () => {
    expect(await run('pwd; ls >')).toMatchObject({ code: 2, out: '' })
  })

  it('stop at the first error after set -e', async () => {
    const own = await openShell()
    await own.run('set -e')
    expect(await own.run('stat C:\\nope; pwd')).toMatchObject({ code: 4, out: '' })
    await own.run('set +e')
    expect((await own.run('stat C:\\nope; pwd')).out).not.toBe('')
    expect(own.shell.failure).toBe(4)
    expect((await own.run('set')).code).toBe(2)
    for (const wrong of ['set -e +e', 'set x', 'set history', 'set -o', 'set +o x', 'set -h'])
      expect((await own.run(wrong)).code, wrong).toBe(2)
  })
})

describe('output', () => {
  it('replaces a local file, or is appended to it', async () => {
    const file = join(folder, 'my out.txt')
    expect(await run(`pwd > "${file}"`)).toEqual({ code: 0, out: '', err: '' })
    expect(await run(`pwd >> "${file}"`)).toEqual({ code: 0, out: '', err: '' })
    const { directory } = main.shell.places
    expect(readFileSync(file, 'utf8')).toBe(`${directory}\n${directory}\n`)
    expect(await run(`stat C:\\nope > "${file}"`)).toMatchObject({ code: 4 })
    expect(readFileSync(file, 'utf8')).toBe(`${directory}\n${directory}\n`)
    expect(await run(`pwd > "${folder}"`)).toMatchObject({ code: 1, err: `cbc: ${folder}: is a directory\n` })
    expect((await run('pwd')).out).toBe(`${directory}\n`)
  })

  it('goes to a local command as to a pipe', async () => {
    const lines: [string, string][] = []
    const own = await openShell({
      terminal: true,
      host: {
        async localShell(line, { input } = {}) {
          let came = ''
          if (input !== undefined) for await (const part of input) came += Buffer.from(part).toString()
          lines.push([line, came])
          return line === 'fails' ? 3 : 0
        },
      },
    })
    expect(await own.run('ls C:\\Windows\\System32\\drivers\\etc\\hosts --columns filename | sort -r')).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    expect(lines).toEqual([['sort -r', 'filename\nhosts\n']])
    expect((await own.run('pwd | fails')).code).toBe(3)
    expect((await own.run('stat C:\\nope | cat')).code).toBe(4)
    expect((await own.run('! echo "a; b"')).code).toBe(0)
    expect(lines.at(-1)).toEqual(['echo "a; b"', ''])
    expect((await own.run('!')).code).toBe(0)
  })

  it('without a reader ends the shell', async () => {
    const own = await openShell({ host: { stdout: { ...memoryOutput(), write: () => Promise.reject(new ClosedPipe()) } } })
    await expect(own.run('pwd; pwd')).rejects.toBeInstanceOf(ClosedPipe)
  })
})

describe('the remote directory', () => {
  it('can be changed, and back, and to home', async () => {
    const own = await openShell()
    const { home } = own.shell.session
    const cd = async (path: string) => {
      const { code } = await own.run(`cd ${path}`)
      return [code, own.shell.places.directory]
    }
    expect(await cd('C:/Windows/')).toEqual([0, 'C:\\Windows'])
    expect(await cd('System32\\drivers')).toEqual([0, 'C:\\Windows\\System32\\drivers'])
    expect(await cd('..')).toEqual([0, 'C:\\Windows\\System32'])
    expect(await cd('-')).toEqual([0, 'C:\\Windows\\System32\\drivers'])
    expect(await cd('-')).toEqual([0, 'C:\\Windows\\System32'])
    expect(await cd('\\Users')).toEqual([0, 'C:\\Users'])
    expect(await cd('C:')).toEqual([0, 'C:\\'])
    expect(await cd('')).toEqual([0, home])
  })

  it('stays the same when it cannot be changed', async () => {
    const own = await openShell()
    const { directory } = own.shell.places
    expect((await own.run('cd C:\\nope')).code).toBe(4)
    expect(await own.run('cd C:\\Windows\\System32\\drivers\\etc\\hosts')).toMatchObject({
      code: 5,
      err: 'cbc: C:\\Windows\\System32\\drivers\\etc\\hosts: is not a directory\n',
    })
    expect(own.shell.places).toMatchObject({ directory, previous: directory })
  })
})

describe("the shell's built-in commands", () => {
  it('print help for all commands or one', async () => {
    const all = (await run('help')).out
    for (const name of ['ls, dir', 'reg', 'cd', 'exit', 'history']) expect(all).toMatch(new RegExp(`^ +${name}\\b.* {2}\\w`, 'm'))
    expect((await run('help ls')).out).toMatch(/ls \[options\] \[path\.\.\.\]/)
    expect((await run('help reg add')).out).toContain('--data')
    expect((await run('ls --help')).out).toBe((await run('help ls')).out)
    expect((await run('help nope')).code).toBe(2)
  })

  it('print the history, with control characters made harmless', async () => {
    expect((await run('history')).out).toBe('    1  ls\n    2  cat \\x1b[2J\n')
    expect((await run('history 1')).out).toBe('    2  cat \\x1b[2J\n')
    expect((await run('history 9')).out).toBe((await run('history')).out)
    expect(await run('history some')).toMatchObject({ code: 2, err: expect.stringContaining('not a whole number') as string })
  })

  it('accept the output options', async () => {
    expect(JSON.parse((await run('history --json')).out)).toEqual([
      { number: 1, line: 'ls' },
      { number: 2, line: 'cat \u001b[2J' },
    ])
    expect(JSON.parse((await run('pwd --json')).out)).toEqual({ path: main.shell.places.directory })
    expect(JSON.parse((await run('lpwd -o ndjson')).out)).toEqual({ path: process.cwd() })
  })

  it('clear a terminal, and do nothing elsewhere', async () => {
    expect((await run('clear')).out).toBe('')
    expect((await (await openShell({ terminal: true })).run('clear')).out).toBe('\u001b[H\u001b[2J\u001b[3J')
  })

  it.each([
    ['exit', undefined],
    ['exit 3', 3],
    ['exit 255', 255],
  ])('leave the shell: %s', async (line, exitCode) => {
    const own = await openShell()
    expect(await own.run(`${line}; pwd`)).toMatchObject({ code: 0, out: '' })
    expect(own.shell).toMatchObject({ left: true, exitCode })
  })

  it.each(['exit 256', 'exit x', 'exit -1', 'exit 1 2'])('do not leave the shell: %s', async line => {
    const own = await openShell()
    expect((await own.run(line)).code).toBe(2)
    expect(own.shell.left).toBe(false)
  })

  it('leave the session open after detach', async () => {
    const own = await openShell()
    await own.run('detach')
    expect(own.shell.left).toBe(true)
    await own.shell.session.close()
    expect(await own.shell.session.keepAlive(new AbortController().signal)).toBe(true)
  })
})
