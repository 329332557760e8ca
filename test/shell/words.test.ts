import { beforeAll, describe, expect, it } from 'vitest'
import { VERBS } from '../../src/verbs/index.ts'
import { ALIASES, HINTED } from '../../src/engine/words.ts'
import { completer } from '../../src/shell/completion.ts'
import { withoutService } from '../support/tenant.ts'
import { openShell, type TestShell } from './open-shell.ts'

let open: TestShell
beforeAll(async () => {
  open = await openShell()
})

/** Each alias, and what it stands for. */
const PAIRS = Object.entries(ALIASES).flatMap(([command, words]) =>
  words.map(word => [[...command.split(' ').slice(0, -1), word].join(' '), command] as const),
)
const IN_SHELL_ONLY = Object.keys(ALIASES).filter(name => !VERBS.some(verb => verb.name === name))
const hint = (err: string) => /^hint: (.*)$/m.exec(err)?.[1]

describe('a word of another shell', () => {
  it.each(PAIRS)('`%s` means `%s`, in the shell, on the command line, in help and in completion', async (word, command) => {
    const [said, meant] = [await open.run(`help ${word}`), await open.run(`help ${command}`)]
    expect(said).toEqual({ ...meant, code: 0 })
    const { candidates } = await completer(open.shell)(word, word.length, new AbortController().signal)
    expect(candidates.map(({ text }) => text)).toContain(word.split(' ').at(-1))
    if (IN_SHELL_ONLY.includes(command)) return
    const shown = await withoutService(['lr', ...word.split(' '), '--help'])
    expect(shown).toEqual({ ...(await withoutService(['lr', ...command.split(' '), '--help'])), code: 0 })
  })

  it('means exactly one command, and hides none', async () => {
    const names = [...VERBS.map(({ name }) => name), ...(open.shell.root.children?.map(({ name }) => name) ?? [])]
    const words = PAIRS.map(([word]) => word)
    expect(words.filter((word, at) => names.includes(word) || words.indexOf(word) !== at)).toEqual([])
    expect(HINTED.top.filter(word => names.includes(word) || words.includes(word))).toEqual([])
    expect(HINTED.reg.filter(word => names.includes(`reg ${word}`) || words.includes(`reg ${word}`))).toEqual([])
  })

  it.each([
    ['cd C:\\Windows; cd..; pwd', 'C:\\'],
    ['cd C:\\Windows; cd\\Users; pwd', 'C:\\Users'],
    ['cd D:\\; C:; pwd', 'C:\\'],
    ['d:; pwd', 'D:\\'],
    ['chdir C:\\Users; pwd', 'C:\\Users'],
    ['cd C:\\Users; pushd C:\\Windows; popd; pwd', 'C:\\Users'],
    ['echo a  "b  c"', 'a b  c'],
    ['echo %SystemRoot%\\x', 'C:\\Windows\\x'],
    ['echo --json', '--json'],
  ])('`%s` works as it does there', async (line, out) => {
    expect(await open.run(line)).toEqual({ code: 0, out: `${out}\n`, err: '' })
  })

  it.each(['exit', 'quit', 'detach -q'])('`%s` leaves the shell and closes the session', async line => {
    const own = await openShell()
    expect((await own.run(line)).code).toBe(0)
    expect(own.shell.left).toBe(true)
    await own.shell.session.close()
    expect(await own.shell.session.keepAlive(new AbortController().signal)).toBe(false)
  })

  it('in popd without pushd, and in pushd to a missing directory, changes nothing', async () => {
    expect(await open.run('popd')).toMatchObject({ code: 2, err: expect.stringContaining('no directory was pushed') as string })
    expect((await open.run('pushd C:\\nope')).code).toBe(4)
    expect((await open.run('popd')).code).toBe(2)
  })
})

describe('a word that is not a command', () => {
  it.each([...HINTED.top.map(word => [word, word]), ...HINTED.reg.map(word => [`reg ${word}`, word])])(
    '`%s` is answered with what to type instead',
    async (line, word = '') => {
      const { code, err } = await open.run(`${line} X1`)
      expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(`^cbc: unknown command '${word}'\nhint: `) as string })
      expect(hint(err)).not.toMatch(/^(see|did you mean)/)
      expect(hint((await open.run(`help ${line}`)).err)).not.toMatch(/^see/)
    },
  )

  it.each([
    ['netstat -ano', 'a program of the endpoint: `exec netstat -ano`'],
    ['netstat', 'a program of the endpoint: `exec netstat -ano`'],
    ['NETSTAT.EXE -r', 'a program of the endpoint: `exec NETSTAT.EXE -r`'],
    ['C:\\Tools\\autorunsc.exe "a b"', 'a program of the endpoint: `exec C:\\Tools\\autorunsc.exe "a b"`'],
    ['tasklist /v', '`ps` lists processes; a program of the endpoint: `exec tasklist /v`'],
    ['ren a b', 'a command of cmd.exe: `exec --shell ren a b`'],
    ['reg save HKLM\\SAM x', 'only reg.exe has that: `exec reg save HKLM\\SAM x`'],
    ['usb approval list', 'a command of cbc itself, not of this shell: `!cbc usb approval list`'],
    ['cbc lr gc --dry-run', 'a command of cbc itself, not of this shell: `!cbc lr gc --dry-run`'],
    ['C:\\Users', '`cd` goes to a directory, `exec` runs a program'],
  ])('`%s` in the shell is answered: %s', async (line, said) => {
    expect(hint((await open.run(line)).err)).toBe(said)
  })

  it.each([
    [['lr', 'netstat', 'WIN-FIN-01', '-r'], 'a program of the endpoint: `cbc lr exec WIN-FIN-01 netstat -r`'],
    [['lr', 'ipconfig', 'KIOSK 1'], "a program of the endpoint: `cbc lr exec 'KIOSK 1' ipconfig /all`"],
    [['whoami'], 'a program of the endpoint: `cbc lr exec WIN-FIN-01 whoami /all`'],
    [
      ['lr', 'copy', 'W', 'a', 'b'],
      '`get` and `put` copy from the endpoint and to it; a command of cmd.exe: `cbc lr exec W --shell copy a b`',
    ],
    [['usb', 'netstat'], 'see `cbc usb --help`'],
    [['lr', 'type'], 'see `cbc lr cat --help`'],
  ])('%j on the command line is answered: %s', async (words, said) => {
    expect(hint((await withoutService(words)).err)).toBe(said)
  })

  it('is completed to what runs it when no command begins like that', async () => {
    const lines = async (line: string) =>
      (await completer(open.shell)(line, line.length, new AbortController().signal)).candidates.map(({ text }) => text)
    expect(await lines('netst')).toEqual(['exec netstat'])
    expect(await lines('reg net')).toEqual([])
    expect(await lines('d')).toEqual(expect.arrayContaining(['dir', 'del', 'delete', 'download']))
  })
})
