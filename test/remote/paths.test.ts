import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cmdSwitches, RemotePaths } from '../../src/remote/paths.ts'
import { LINUX, WINDOWS } from '../support/service.ts'

const windows = new RemotePaths(true)
const posix = new RemotePaths(false)

describe('a path on Windows', () => {
  it.each([
    // typed, seen from C:\Users\jo
    ['', 'C:\\Users\\jo'],
    ['.', 'C:\\Users\\jo'],
    ['.\\', 'C:\\Users\\jo\\'],
    ['a.txt', 'C:\\Users\\jo\\a.txt'],
    ['a\\b\\', 'C:\\Users\\jo\\a\\b\\'],
    ['a/b/', 'C:\\Users\\jo\\a\\b\\'],
    ['..', 'C:\\Users'],
    ['..\\..\\..\\..', 'C:\\'],
    ['..\\x\\..\\y', 'C:\\Users\\y'],
    ['C:\\a\\.\\b\\..\\c', 'C:\\a\\c'],
    ['c:/Windows//Temp', 'c:\\Windows\\Temp'],
    ['\\Temp', 'C:\\Temp'],
    ['/Temp/', 'C:\\Temp\\'],
    ['/', 'C:\\'],
    ['\\', 'C:\\'],
    ['D:', 'D:\\'],
    ['D:\\', 'D:\\'],
    ['D:\\..', 'D:\\'],
    ['D:x', 'D:\\x'],
    ['*.exe', 'C:\\Users\\jo\\*.exe'],
    ['C:\\Program Files\\x y', 'C:\\Program Files\\x y'],
    ['a.txt:stream', 'C:\\Users\\jo\\a.txt:stream'],
    ['\\\\server\\share', '\\\\server\\share\\'],
    ['\\\\server\\share\\a\\..\\..\\..', '\\\\server\\share\\'],
    ['//server/share/a/', '\\\\server\\share\\a\\'],
    ['\\\\server\\\\share\\\\a', '\\\\server\\share\\a'],
    ['\\\\server', '\\\\server'],
    ['\\\\?\\C:\\a\\..\\b', '\\\\?\\C:\\a\\..\\b'],
    ['\\\\.\\PhysicalDrive0', '\\\\.\\PhysicalDrive0'],
    ['käse/ 日本', 'C:\\Users\\jo\\käse\\ 日本'],
  ])('%j resolves to %j', (typed, path) => {
    expect(windows.resolve('C:\\Users\\jo', typed)).toBe(path)
  })

  it.each(['/s', '/F', '/?', '/s/q', '/a:h', '/ah-s', '/a-d', '/o-d', '/O:-D', '/-c', '/4', '/tw', '/t:c'])(
    'never looks like a switch to cmd.exe: %s',
    typed => {
      expect(() => windows.resolve('C:\\Users\\jo', typed)).toThrow(
        expect.objectContaining({ code: 'usage', message: `${typed}: is a switch of cmd.exe, not a path` }),
      )
    },
  )

  it.each(['/tmp', '/old', '/Users', '/c/Users', '/s/', '/x.txt', 'a/s', '/1.2', '\\s', './s'])('may begin with a slash: %s', typed => {
    expect(windows.resolve('C:\\Users\\jo', typed)).toMatch(/^C:\\/)
  })

  it.each([
    ['\\Temp', '\\\\server\\share\\Temp'],
    ['..', '\\\\server\\share\\'],
    ['x', '\\\\server\\share\\dir\\x'],
  ])('%j on a share resolves to %j', (typed, path) => {
    expect(windows.resolve('\\\\server\\share\\dir', typed)).toBe(path)
  })

  it.each([
    ['C:\\a\\b.txt', 'b.txt', 'C:\\a'],
    ['C:\\a\\b\\', 'b', 'C:\\a'],
    ['C:\\a', 'a', 'C:\\'],
    ['C:\\', 'C:\\', 'C:\\'],
    ['C:', 'C:', 'C:'],
    ['\\\\server\\share\\a', 'a', '\\\\server\\share\\'],
    ['\\\\server\\share\\', '\\\\server\\share\\', '\\\\server\\share\\'],
    ['\\\\server', '\\\\server', '\\\\server'],
  ])('%j has the base name %j and the parent %j', (path, base, parent) => {
    expect([windows.base(path), windows.parent(path)]).toEqual([base, parent])
  })

  it.each([
    ['C:\\a\\*.exe', true],
    ['C:\\a?', true],
    ['C:\\a*\\b', true],
    ['C:\\a', false],
    ['C:\\', false],
    ['\\\\?\\C:\\', false],
    ['\\\\?\\C:\\x', false],
    ['\\\\?\\C:\\x*', true],
    ['\\\\srv\\share\\*\\x', true],
    ['\\\\?\\C:\\*\\x', true],
    ['\\\\.\\PhysicalDrive0', false],
  ])('%j is a pattern: %s', (path, pattern) => {
    expect(windows.isPattern(path)).toBe(pattern)
  })

  it('is listed with a separator at its end, and looked up without', () => {
    expect([windows.listing('C:\\a'), windows.listing('C:\\a\\'), windows.listing('C:\\')]).toEqual(['C:\\a\\', 'C:\\a\\', 'C:\\'])
    expect([windows.bare('C:\\a\\\\'), windows.bare('C:\\a'), windows.bare('C:\\')]).toEqual(['C:\\a', 'C:\\a', 'C:\\'])
    expect([windows.join('C:\\', 'a'), windows.join('C:\\a', 'b'), windows.temporary('x')]).toEqual([
      'C:\\a',
      'C:\\a\\b',
      'C:\\Windows\\Temp\\x',
    ])
  })
})

describe('a path on other systems', () => {
  it.each([
    ['', '/home/jo'],
    ['.', '/home/jo'],
    ['./', '/home/jo/'],
    ['a', '/home/jo/a'],
    ['..', '/home'],
    ['../../../..', '/'],
    ['/', '/'],
    ['//etc//x/', '/etc/x/'],
    ['a\\b', '/home/jo/a\\b'],
    ['a\\', '/home/jo/a\\'],
    ['C:\\x', '/home/jo/C:\\x'],
    ['~', '/home/jo/~'],
    ['/var/*.log', '/var/*.log'],
  ])('%j resolves to %j', (typed, path) => {
    expect(posix.resolve('/home/jo', typed)).toBe(path)
  })

  it.each([
    ['/a/b', 'b', '/a'],
    ['/a', 'a', '/'],
    ['/a/', 'a', '/'],
    ['/', '/', '/'],
  ])('%j has the base name %j and the parent %j', (path, base, parent) => {
    expect([posix.base(path), posix.parent(path)]).toEqual([base, parent])
  })

  it('has its own temporary directory', () => {
    expect(posix.temporary('x')).toBe('/tmp/x')
  })
})

describe('any path', () => {
  const part = fc.oneof(fc.constantFrom('.', '..', '', 'a', 'B c', '*.x', 'ü', '...', '.x'), fc.string({ maxLength: 4 }))
  const separator = fc.constantFrom('\\', '/')
  const typed = fc
    .tuple(
      fc.constantFrom('', '\\', '/', 'C:', 'd:\\', '\\\\srv\\share', '//srv/share/', '\\\\srv', '\\\\\\'),
      fc.array(fc.tuple(part, separator)),
      part,
    )
    .map(([start, middle, end]) => start + middle.map(pair => pair.join('')).join('') + end)
  const directories = {
    true: fc.constantFrom('C:\\', 'C:\\Users\\jo', '\\\\srv\\share\\x', '\\\\srv\\share\\'),
    false: fc.constantFrom('/', '/home/jo', '/a b'),
  }
  const STYLES = [
    { paths: windows, where: 'Windows' },
    { paths: posix, where: 'elsewhere' },
  ]
  const raw = (text: string) => /^[\\/]{2}[?.][\\/]/.test(text) || cmdSwitches(text) !== undefined

  it.each(STYLES)('is normalized, absolute, and stable when resolved again ($where)', ({ paths }) => {
    fc.assert(
      fc.property(directories[`${paths.windows}`], typed, (directory, text) => {
        fc.pre(!(paths.windows && raw(text)))
        const path = paths.resolve(directory, text)
        const { separator: sep } = paths
        expect(paths.resolve(directory, path)).toBe(path)
        expect(paths.resolve(paths.windows ? 'Z:\\elsewhere' : '/elsewhere', path)).toBe(path)
        expect(path).toMatch(paths.windows ? /^([A-Za-z]:\\|\\\\[^\\])/ : /^\//)
        const below = path.split(sep).slice(paths.windows && path.startsWith('\\\\') ? 4 : 1)
        expect(below.filter(name => name === '.' || name === '..')).toEqual([])
        expect(below.slice(0, -1).filter(name => name === '')).toEqual([])
      }),
    )
  })

  it.each(STYLES)('never leaves its root ($where)', ({ paths }) => {
    fc.assert(
      fc.property(
        directories[`${paths.windows}`],
        fc.array(fc.constantFrom('..', '.', 'a', 'b c', ''), { maxLength: 12 }),
        (directory, parts) => {
          const root = paths.windows ? (/^(C:\\|\\\\srv\\share\\)/.exec(directory)?.[1] ?? '') : '/'
          expect(
            paths
              .resolve(directory, parts.join(paths.separator))
              .startsWith(paths.windows && parts.join('\\').startsWith('\\') ? '' : root),
          ).toBe(true)
        },
      ),
    )
  })

  it.each(STYLES)('equals its parent joined with its base name, and its parents end at the root ($where)', ({ paths }) => {
    fc.assert(
      fc.property(directories[`${paths.windows}`], typed, (directory, text) => {
        fc.pre(!(paths.windows && raw(text)))
        let path = paths.bare(paths.resolve(directory, text))
        for (let steps = 0; !paths.isRoot(path); steps++) {
          expect(steps).toBeLessThan(100)
          expect(paths.join(paths.parent(path), paths.base(path))).toBe(path)
          path = paths.parent(path)
        }
        expect(paths.parent(path)).toBe(path)
      }),
    )
  })
})

describe('the path style of an endpoint', () => {
  it.each([
    [WINDOWS, true],
    [LINUX, false],
    [{ current_working_directory: '\\\\server\\share', drives: null }, true],
    [{ current_working_directory: null, drives: ['C:\\'] }, true],
    [{ current_working_directory: null, drives: null, supported_commands: ['reg enum key'] }, true],
    [{ current_working_directory: '', drives: [], supported_commands: ['process list'] }, false],
    [{ current_working_directory: null, drives: null, supported_commands: null }, true],
  ])('%j: Windows %s', (session, isWindows) => {
    expect(RemotePaths.of(session).windows).toBe(isWindows)
  })
})
