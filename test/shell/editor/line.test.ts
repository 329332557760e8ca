import { describe, expect, test } from 'vitest'
import { type Line, type Step, completed, press, startLine } from '../../../src/shell/editor/line.ts'

const HISTORY = ['ls C:\\', 'get report.doc', 'ls D:\\', 'ps --tree', 'ls C:\\Users']

/** Presses keys, given as names and as text in quotes. */
function after(keys: string, line: Line = startLine(HISTORY)): Step {
  const names = keys.match(/'[^']*'|\S+/g) ?? []
  return names.reduce<Step>((step, name) => press(step.line, name.startsWith("'") ? { name: 'text', text: name.slice(1, -1) } : { name }), {
    line,
  })
}

function shown({
  line: {
    buffer: { text, cursor },
  },
}: Step): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}

/** What is shown during a search. */
function match({ line: { search } }: Step): string | undefined {
  return search?.match && HISTORY[search.match.index]
}

describe('history', () => {
  test.each([
    ['up', 'ls C:\\Users|'],
    ['up up', 'ps --tree|'],
    ['C-p C-p C-n', 'ls C:\\Users|'],
    ['up up up up up up up', 'ls C:\\|'],
    ['down', '|'],
    ["'draft' up up down down", 'draft|'],
    ["'draft' up 'X' up down", 'ls C:\\UsersX|'],
    ["'x' up down down 'y'", 'xy|'],
    ["'ls' pageup", 'ls| C:\\Users'],
    ["'ls' pageup pageup", 'ls| D:\\'],
    ["'ls' M-p M-p M-n", 'ls| C:\\Users'],
    ["'ls' pageup pagedown", 'ls|'],
    ["'nothing' pageup", 'nothing|'],
    ["'get' M-p", 'get| report.doc'],
    ['up C-_', '|'],
  ])('shows the right line after %s', (keys, expected) => {
    expect(shown(after(keys))).toBe(expected)
  })

  test('is unchanged by edits of an earlier line', () => {
    const { line } = after("up 'X'")
    expect(shown(after('up', startLine(HISTORY, line)))).toBe('ls C:\\Users|')
  })

  test('keeps kills for the next line', () => {
    const { line } = after("'secret place' C-w")
    expect(shown(after('C-y', startLine(HISTORY, line)))).toBe('place|')
  })
})

describe('history search', () => {
  test.each([
    ["C-r 'ls'", 'ls C:\\Users'],
    ["C-r 'ls' C-r", 'ls D:\\'],
    ["C-r 'ls' C-r C-r", 'ls C:\\'],
    ["C-r 'l' 's' ' d'", 'ls D:\\'],
    ["C-r 'ls' C-r C-s", 'ls C:\\Users'],
    ["C-r 'ls' C-r backspace", 'ls C:\\Users'],
    ["C-r 'ls d' backspace backspace", undefined],
    ["C-s 'ls'", 'ls C:\\'],
    ["C-s 'ls' C-s", 'ls D:\\'],
    ["C-r 'REPORT'", undefined],
    ["C-r 'users'", 'ls C:\\Users'],
    ["C-r 'zzz'", undefined],
    ["C-r 'get' 'zzz'", 'get report.doc'],
  ])('with %s shows %s', (keys, expected) => {
    expect(match(after(keys))).toBe(expected)
  })

  test('says when nothing is found', () => {
    expect(after("C-r 'ls' C-r C-r C-r").line.search?.failed).toBe(true)
    expect(after("C-r 'zz' backspace").line.search?.failed).toBe(false)
  })

  test('returns to the old line on Ctrl-G and Esc', () => {
    for (const key of ['C-g', 'escape']) {
      const step = after(`'old' left C-r 'get' ${key}`)
      expect(shown(step)).toBe('ol|d')
      expect(step.line.search).toBeUndefined()
    }
  })

  test('runs the match on Enter, drops it on Ctrl-C, and edits it on other keys', () => {
    expect(after("C-r 'get' enter")).toMatchObject({ request: 'accept', line: { buffer: { text: 'get report.doc' } } })
    expect(after("C-r 'get' C-c").request).toBe('interrupt')
    expect(shown(after("C-r 'rep' right 'X'"))).toBe('get rX|eport.doc')
    expect(shown(after("C-r 'rep' C-e"))).toBe('get report.doc|')
    expect(shown(after("C-r 'rep' up"))).toBe('ls C:\\|')
    expect(shown(after("'x' C-r left"))).toBe('|x')
  })

  test('searches for the same text again on Ctrl-R twice', () => {
    const { line } = after("C-r 'get' C-g")
    expect(match(after('C-r C-r', line))).toBe('get report.doc')
    expect(match(after('C-r C-r', startLine(HISTORY, line)))).toBe('get report.doc')
  })

  test('finds identical lines once', () => {
    const line = startLine(['one', 'x', 'two', 'x', 'x'])
    expect(after("C-r 'x' C-r", line).line.search).toMatchObject({ failed: true, match: { index: 4 } })
  })

  test('uses a paste up to its first line break', () => {
    const { line } = after('C-r')
    expect(match(press(line, { name: 'paste', text: 'get\nrm' }))).toBe('get report.doc')
  })
})

describe('a key that ends the line', () => {
  test.each([
    ['C-d', 'eof'],
    ["'a' C-c", 'interrupt'],
    ['C-c', 'interrupt'],
    ["'a' enter", 'accept'],
    ["'a' tab", 'complete'],
    ['C-l', 'clear'],
    ["'a' C-d", undefined],
    ["'a' home C-d C-d", 'eof'],
    ['f5', undefined],
    ['M-x', undefined],
    ['S-tab', undefined],
    ['escape', undefined],
  ])('%s asks for %s', (keys, expected) => {
    expect(after(keys).request).toBe(expected)
  })

  test('with Shift does the same as the plain cursor key', () => {
    expect(shown(after("'abc' S-left C-S-left"))).toBe('|abc')
  })
})

describe('completion', () => {
  const complete = (text: string, texts: string[], from = text.lastIndexOf(' ') + 1) =>
    completed(after(`'${text}'`).line, { from, candidates: texts.map(candidate => ({ text: candidate, final: true })) })

  test.each([
    ['ge', ['get'], 'get |'],
    ['ls C:\\Us', ['C:\\Users\\'], 'ls C:\\Users\\ |'],
    ['ls ab', ['abcd', 'abce'], 'ls abc|'],
    ['ls ab', [], 'ls ab|'],
    ['ls us', ['Users', 'USB'], 'ls Us|'],
    ['ls Pro', ['"Program Files"', '"ProgramData"'], 'ls "Program|'],
    ['ls ', ['Abc', 'abd'], 'ls |'],
    ['ls ', ['日本', '日光'], 'ls 日|'],
    ['ls ', ['👩‍💻x', '👩‍💻y'], 'ls 👩‍💻|'],
  ])('%s with %j becomes %s', (text, texts, expected) => {
    expect(shown({ line: complete(text, texts) })).toBe(expected)
  })

  test('lists candidates when nothing can be added, and the next key removes them', () => {
    const line = complete('ls ab', ['abc', 'abd'])
    expect(line.listed).toEqual(['abc', 'abd'])
    expect(press(line, { name: 'left' }).line.listed).toBeUndefined()
    expect(complete('ls a', ['abc', 'abd']).listed).toBeUndefined()
  })

  test('lists the labels', () => {
    const candidates = [
      { text: '"a b', label: 'a b', final: false },
      { text: '"a c', final: false },
    ]
    expect(completed(after("'\"a '").line, { from: 0, candidates }).listed).toEqual(['a b', '"a c'])
  })

  test('adds no second space after a word in the middle, and none after a partial one', () => {
    const line = after("'ge x' left left").line
    expect(shown({ line: completed(line, { from: 0, candidates: [{ text: 'get', final: true }] }) })).toBe('get| x')
    expect(shown({ line: completed(after("'C:'").line, { from: 0, candidates: [{ text: 'C:\\', final: false }] }) })).toBe('C:\\|')
  })
})

describe('the last word of an earlier line', () => {
  const typed = (line: Line, ...names: string[]) =>
    names.reduce((now, name) => press(now, name.length === 1 ? { name: 'text', text: name } : { name }).line, line)
  const start = () => startLine(['ls C:\\Users', '# nothing', 'stat "a b"'])

  test('is inserted by Alt-., and replaced by that of the line before when repeated', () => {
    const once = typed(start(), 'x', 'M-.')
    expect(once.buffer).toMatchObject({ text: 'x"a b"', cursor: 6 })
    expect(typed(once, 'M-.').buffer.text).toBe('xC:\\Users')
    expect(typed(once, 'M-.', 'M-.', 'M-.').buffer.text).toBe('xC:\\Users')
    expect(typed(once, 'y', 'M-.').buffer.text).toBe('x"a b"y"a b"')
    expect(typed(once, 'C-_').buffer.text).toBe('x')
  })

  test('is nothing when there is no earlier line', () => {
    expect(typed(startLine([]), 'x', 'M-.', 'M-.').buffer.text).toBe('x')
  })
})
