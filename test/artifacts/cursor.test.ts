import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Cursor } from '../../src/artifacts/cursor.ts'
import { readMask, readPath } from '../../src/artifacts/pattern.ts'

/** Whether a path fits a pattern, by trying all ways to do so: what the cursor has to agree with. */
function fits(pattern: string[], path: string[]): boolean {
  const [part, ...rest] = pattern
  const [name, ...below] = path
  if (part === undefined) return path.length === 0
  const deep = /^\*\*(\d*)$/.exec(part)
  if (deep !== null) {
    const levels = Number(deep[1] || 3)
    if (rest.length === 0) return path.length > 0 && path.length <= levels
    return Array.from({ length: Math.min(levels, path.length) + 1 }, (_, used) => fits(rest, path.slice(used))).some(Boolean)
  }
  return name !== undefined && fitsName([...part], [...name]) && fits(rest, below)
}

function fitsName([sign, ...rest]: string[], name: string[]): boolean {
  if (sign === undefined) return name.length === 0
  if (sign === '*') return fitsName(rest, name) || (name.length > 0 && fitsName([sign, ...rest], name.slice(1)))
  if (sign === '[') {
    const end = rest.indexOf(']')
    return name[0] !== undefined && rest.slice(0, end).includes(name[0]) && fitsName(rest.slice(end + 1), name.slice(1))
  }
  return name[0] !== undefined && (sign === '?' || sign === name[0]) && fitsName(rest, name.slice(1))
}

function matchedBy(patterns: string[][], path: string[]): number[] {
  let cursor = Cursor.start(
    patterns.map(pattern => readPath(pattern.join('/'), '/', false)),
    false,
  )
  let matched: number[] = []
  for (const name of path) {
    const step = cursor.step(name)
    cursor = step.next
    matched = step.matched
  }
  return matched.sort((a, b) => a - b)
}

const name = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map(letters => letters.join(''))
const part = fc.oneof(
  fc.array(fc.constantFrom('a', 'b', '*', '?', '[ab]'), { minLength: 1, maxLength: 4 }).map(signs => signs.join('').replace(/\*+/g, '*')),
  fc.constantFrom('**', '**1', '**2'),
)
const patterns = fc.array(
  fc.array(part, { minLength: 1, maxLength: 4 }).filter(parts => parts.filter(one => one.startsWith('**')).length <= 4),
  { minLength: 1, maxLength: 4 },
)

it('many patterns followed at once match what each of them matches alone', () => {
  fc.assert(
    fc.property(patterns, fc.array(name, { minLength: 1, maxLength: 5 }), (several, path) => {
      const expected = several.flatMap((pattern, at) => (fits(pattern, path) ? [at] : []))
      expect(matchedBy(several, path)).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

it('patterns and expressions that take others exponential time take time in proportion to the name', () => {
  const long = 'a'.repeat(5000)
  const [stars] = readPath(`${'*a'.repeat(200)}*b`, '/', false)
  expect(stars?.kind === 'pattern' && stars.fits(long)).toBe(false)
  const mask = readMask('regex:(a+)+(a|a)*(a*)*b')
  expect(mask.kind === 'pattern' && mask.fits(long)).toBe(false)
})

it('masks of KAPE are names, patterns, several of them, or expressions for the whole name', () => {
  const fit = (mask: string, file: string) => {
    const read = readMask(mask)
    return read.kind === 'name' ? read.text === file : read.kind === 'pattern' && read.fits(file)
  }
  expect(fit('*.log|*.txt', 'A.TXT')).toBe(true)
  expect(fit('*.log|*.txt', 'a.txt2')).toBe(false)
  expect(fit('*.*', 'noextension')).toBe(true)
  expect(fit('[a]*', 'a')).toBe(false)
  expect(fit('regex:*.+\\.(db|db-wal)', 'x.DB-WAL')).toBe(true)
  expect(fit('regex:.+\\.(db|db-wal)', 'x.dbx')).toBe(false)
})

it.each(['/etc/../root', `/${'a/'.repeat(300)}`, '/**/a/**/b/**/c/**/d/**', `/${'x'.repeat(5000)}`])(
  'a path that leads up or has no end is refused: %.20s',
  path => {
    expect(() => readPath(path, '/', false)).toThrow()
  },
)
