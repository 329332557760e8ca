import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitWords } from '../../src/lab/linux/words.ts'
import { splitArguments } from '../../src/lab/windows/processes/command-line.ts'
import { parse } from '../../src/lab/windows/programs/cmd/syntax.ts'
import { commandLine, programOf, shellLine } from '../../src/remote/command-line.ts'

/**
 * CommandLineToArgvW as documented: 2n backslashes before a quote mean n and the quote is one, 2n+1 mean n and a literal quote; other
 * backslashes are literal.
 */
function argvOf(line: string): string[] {
  const argv: string[] = []
  let at = 0
  // In the program's name backslashes are literal.
  if (line.startsWith('"')) {
    const end = line.indexOf('"', 1)
    argv.push(line.slice(1, end))
    at = end + 1
  } else {
    at = line.search(/[ \t]|$/)
    argv.push(line.slice(0, at))
  }
  for (;;) {
    while (line[at] === ' ' || line[at] === '\t') at += 1
    if (at >= line.length) return argv
    let word = ''
    for (let quoted = false; at < line.length && (quoted || !/[ \t]/.test(line[at] ?? ''));) {
      const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0
      at += slashes
      if (line[at] === '"') {
        word += '\\'.repeat(slashes >> 1)
        if (slashes % 2 === 1) word += '"'
        else quoted = !quoted
        at += 1
      } else if (slashes > 0) {
        word += '\\'.repeat(slashes)
      } else {
        word += line[at]
        at += 1
      }
    }
    argv.push(word)
  }
}

const word = fc
  .oneof(fc.string({ maxLength: 8 }), fc.string({ unit: fc.constantFrom('\\', '"', ' ', '\t', 'a', "'", '$', '%', '&'), maxLength: 10 }))
  .filter(text => !text.includes('\0'))
const program = fc.constantFrom('C:\\Windows\\System32\\find.exe', 'C:\\Program Files\\x\\y.exe', 'whoami', '/usr/bin/env')

describe('joining words into one command line', () => {
  it.each([
    [['whoami'], 'whoami'],
    [['cmd.exe /c dir "C:\\a b"'], 'cmd.exe /c dir "C:\\a b"'],
    [['cmd.exe', '/c', 'dir', 'C:\\a b'], 'cmd.exe /c dir "C:\\a b"'],
    [['C:\\Program Files\\x.exe', 'C:\\a b\\'], '"C:\\Program Files\\x.exe" "C:\\a b\\\\"'],
    [['x', ''], 'x ""'],
    [['x', 'say "hi"'], 'x "say \\"hi\\""'],
    [['x', 'C:\\plain\\'], 'x C:\\plain\\'],
    [[], ''],
    // For cmd.exe a line is passed on as typed.
    [['cmd.exe', '/c', 'dir "C:\\Program Files"'], 'cmd.exe /c dir "C:\\Program Files"'],
    [['C:\\Windows\\System32\\CMD', '/d', '/c', 'type "a b" | findstr "x"'], 'C:\\Windows\\System32\\CMD /d /c type "a b" | findstr "x"'],
    [['cmd', '/c dir "C:\\a b"'], 'cmd /c dir "C:\\a b"'],
    [['cmd.exe', '/c', '"C:\\a b\\x.exe" "c d"'], 'cmd.exe /c ""C:\\a b\\x.exe" "c d""'],
    [['cmd.exe', '/c', '""C:\\a b\\x.exe" "c d""'], 'cmd.exe /c ""C:\\a b\\x.exe" "c d""'],
    [['cmd.exe', '/s', '/c', '"dir "C:\\a b""'], 'cmd.exe /s /c "dir "C:\\a b""'],
    [['cmd.exe', '/c', 'dir', 'C:\\a b\\'], 'cmd.exe /c dir "C:\\a b\\"'],
    [['cmd.exe', '/c'], 'cmd.exe /c'],
    [['cmd.exe', '/k', 'echo', 'R&D', '&', 'ver', '2>&1', '>>x.txt'], 'cmd.exe /k echo "R&D" & ver 2>&1 >>x.txt'],
    [['C:\\x.bat', 'a&b', 'c d'], 'C:\\x.bat "a&b" "c d"'],
    // The path of a program is quoted when it cannot be anything else.
    [['C:\\Program Files\\x\\y.exe'], '"C:\\Program Files\\x\\y.exe"'],
    [['C:\\Program Files (x86)\\x\\y.exe -z "w"'], '"C:\\Program Files (x86)\\x\\y.exe" -z "w"'],
    [['\\\\server\\a share\\y.EXE /q'], '"\\\\server\\a share\\y.EXE" /q'],
    [['"C:\\Program Files\\y.exe" -z'], '"C:\\Program Files\\y.exe" -z'],
    [['C:\\Windows\\notepad C:\\a.exe'], 'C:\\Windows\\notepad C:\\a.exe'],
    [['C:\\Windows\\cmd /c x.exe'], 'C:\\Windows\\cmd /c x.exe'],
    [['ping -n 3 x.exe'], 'ping -n 3 x.exe'],
    [['cmd.exe', '/c', 'C:\\Program Files\\y.exe'], 'cmd.exe /c ""C:\\Program Files\\y.exe""'],
  ])('on Windows: %j becomes %j', (words, line) => {
    expect(commandLine(words, true)).toBe(line)
  })

  it.each([
    [['ls', '-l', '/a b'], "ls -l '/a b'"],
    [['echo', "it's", '$HOME', '*'], "echo 'it'\\''s' '$HOME' '*'"],
    [['x', ''], "x ''"],
    [['ps aux | head'], 'ps aux | head'],
  ])('on other systems: %j becomes %j', (words, line) => {
    expect(commandLine(words, false)).toBe(line)
  })

  it("is undone by Windows' own parser", () => {
    fc.assert(
      fc.property(program, fc.array(word, { minLength: 1 }), (name, words) => {
        const line = commandLine([name, ...words], true)
        expect(argvOf(line)).toEqual([name, ...words])
        expect(splitArguments(line)).toEqual([name, ...words])
      }),
      { numRuns: 500 },
    )
  })

  it("is undone by a POSIX shell's parser", () => {
    fc.assert(
      fc.property(program, fc.array(word, { minLength: 1 }), (name, words) => {
        expect(splitWords(commandLine([name, ...words], false))).toEqual([name, ...words])
      }),
      { numRuns: 500 },
    )
  })

  it.runIf(process.platform !== 'win32')('is undone by the shell of this machine', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), words => {
        const line = commandLine(['printf', '%s\\0', ...words], false)
        expect(execFileSync('/bin/sh', ['-c', line]).toString().split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 15 },
    )
  })
})

describe('finding the program in a command line', () => {
  it.each([
    ['"C:\\a b\\x.exe" -y', true, 'C:\\a b\\x.exe'],
    ['C:\\Program Files\\x\\y.exe -z.exe', true, 'C:\\Program Files\\x\\y.exe'],
    ['svchost -k netsvcs', true, 'svchost'],
    ['', true, ''],
    ['"open', true, 'open'],
    ['/usr/bin/x -y', false, '/usr/bin/x'],
    ['-bash', false, 'bash'],
    ['nginx: master process', false, 'nginx'],
    ['', false, ''],
  ])('%j (Windows: %s) is %j', (line, windows, program) => expect(programOf(line, windows)).toBe(program))
})

describe('a command line for the shell', () => {
  it.each([
    [['ver'], true, 'cmd.exe /c ver'],
    [['echo %X% & ver'], true, 'cmd.exe /c echo %X% & ver'],
    [['"C:\\Program Files\\x.exe" "a b"'], true, 'cmd.exe /c ""C:\\Program Files\\x.exe" "a b""'],
    [['type', 'C:\\a b\\c', '|', 'more'], true, 'cmd.exe /c type "C:\\a b\\c" | more'],
    [['C:\\Program Files\\x.exe', 'a b'], true, 'cmd.exe /c ""C:\\Program Files\\x.exe" "a b""'],
    [['echo out; exit 3'], false, "/bin/sh -c 'echo out; exit 3'"],
    [['type', 'C:\\R&calc.exe&D', '&', 'ver'], true, 'cmd.exe /c type "C:\\R&calc.exe&D" & ver'],
    [['cat', 'eve$(id).txt', '|', 'head', '2>/dev/null'], false, "/bin/sh -c 'cat '\\''eve$(id).txt'\\'' | head 2>/dev/null'"],
    [['ls', '$HOME', 'a b'], false, "/bin/sh -c 'ls $HOME '\\''a b'\\'''"],
  ])('%j (Windows: %s) is %s', (words, windows, line) => expect(shellLine(words, windows)).toBe(line))

  it("is one command to the lab's cmd.exe, whatever characters a file name holds", () => {
    const fileName = fc
      .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..." ab&^()!;,='`$%{}[]~@#+-.") })
      .filter(text => !/%.*%/.test(text))
    fc.assert(
      fc.property(fileName, text => {
        const path = `C:\\x\\${text}`
        const line = shellLine(['type', path], true).replace('cmd.exe /c ', '')
        const node = parse(line)
        expect(node).toMatchObject({ kind: 'command', redirects: [] })
        expect(splitArguments(node?.kind === 'command' ? node.text : '')).toEqual(['type', path])
      }),
      { numRuns: 500 },
    )
  })

  it('reaches a real shell unchanged', () => {
    fc.assert(
      fc.property(
        fc.array(
          word.filter(text => /\s/.test(text) && !/^-|[\r\n]/.test(text)),
          { minLength: 1, maxLength: 4 },
        ),
        words => {
          const [, , script = ''] = splitWords(shellLine(['printf', '%s\\0', ...words], false))
          expect(execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1)).toEqual(words)
        },
      ),
      { numRuns: 20 },
    )
  })
})
