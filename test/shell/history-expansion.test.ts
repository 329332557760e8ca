import { expect, it } from 'vitest'
import { expandHistory, lastWordOf } from '../../src/shell/history-expansion.ts'

const BEFORE = ['ls C:\\Users', 'stat "C:\\Program Files" --json']

it.each([
  ['!!', 'stat "C:\\Program Files" --json'],
  ['!! | grep x', 'stat "C:\\Program Files" --json | grep x'],
  ['pwd; !!', 'pwd; stat "C:\\Program Files" --json'],
  ['cat !$', 'cat --json'],
  ['cat !$ !$', 'cat --json --json'],
  ['ls', 'ls'],
  ['cat "!$" \'!!\'', 'cat "!$" \'!!\''],
  ['cat a!! !$x', 'cat a!! !$x'],
])('%s expands to %s', (line, expanded) => {
  expect(expandHistory(line, BEFORE)).toBe(expanded)
})

it.each(['!echo !! !$', '! git log !$', '!$EDITOR x', '!!x', 'ls | grep !$', 'ls; !echo !!', 'ls > x && ! cat !$', 'a # !!'])(
  '%s is a local command, or no place for an expansion, and stays',
  line => {
    expect(expandHistory(line, BEFORE)).toBe(line)
  },
)

it('expanding without an earlier line is an error', () => {
  expect(() => expandHistory('!!', [])).toThrow('!!: there is no line before this one')
  expect(expandHistory('ls', [])).toBe('ls')
})

it.each([
  ['ls', 'ls'],
  ['stat "a b"', '"a b"'],
  ['get x > "my file"', '"my file"'],
  ['ls # x', 'ls'],
  ['# x', undefined],
  ['ls C:\\x;', 'C:\\x'],
  ['cat "open', 'open'],
])('the last word of %s is %s', (line, word) => {
  expect(lastWordOf(line)).toBe(word)
})
