import { expect, it } from 'vitest'
import { readYaml } from '../../../src/core/text/yaml.ts'

it('documents of one file are read one by one, and what is wrong has its line and column', () => {
  const [first, second, third] = readYaml('name: a\n---\nname: b\nsteps:\n  - run: ls\n---\nname: [\n')
  expect(first?.value).toEqual({ name: 'a' })
  expect(second?.place).toEqual({ line: 3, column: 1 })
  expect(second?.placeOf(['steps', 0, 'run'])).toEqual({ line: 5, column: 5 })
  expect(second?.placeOf(['steps', 7, 'run'])).toEqual({ line: 4, column: 1 })
  expect(third?.value).toBeUndefined()
  expect(third?.faults[0]?.line).toBeGreaterThanOrEqual(7)
})

it('a character of a text has its place, in quotes and out of them, where it stands in the file as it is', () => {
  const [document] = readYaml('run: ls "x"\nlist:\n  - "it is"\n  - "a\\tb"\n')
  expect(document?.placeIn(['run'], 3)).toEqual({ line: 1, column: 9 })
  expect(document?.placeIn(['list', 0], 3)).toEqual({ line: 3, column: 9 })
  expect(document?.placeIn(['list', 1], 2)).toEqual({ line: 4, column: 5 })
  expect(document?.placeIn(['none'], 2)).toEqual({ line: 1, column: 1 })
})

it('a duplicate key is a fault, and scalars stay as they are written where texts are asked for', () => {
  expect(readYaml('a: 1\nb: 2\na: 3\n')[0]?.faults).toEqual([{ message: 'the key "a" is there twice', line: 3, column: 1 }])
  expect(readYaml('v: 1.0\nyes: true\n', { texts: true })[0]?.value).toEqual({ v: '1.0', yes: 'true' })
})

it.each([
  [
    'aliases that multiply',
    () =>
      `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join(',')}]\n`).join('')}`,
  ],
  ['an alias of itself', () => 'a: &a [*a]\n'],
  ['nesting without end', () => '['.repeat(20_000)],
  ['a file that is too long', () => `a: "${'x'.repeat(2 * 1024 * 1024)}"`],
])('%s is a fault, and takes neither memory nor the stack', (_, text) => {
  const [document] = readYaml(text())
  expect(document?.value === undefined || document.faults.length === 0).toBe(true)
  // What refers to itself can't be written, which is all that a reader of it may do.
  const isWhole = document?.faults.length === 0 && !/circular/i.test(String(safeJson(document.value)))
  expect(isWhole).toBe(false)
})

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    return String(error)
  }
}

it('a mapping with many keys takes time in proportion to them', () => {
  const [document] = readYaml(Array.from({ length: 20_000 }, (_, at) => `k${at}: 1\n`).join(''))
  expect(Object.keys(document?.value as object)).toHaveLength(20_000)
})
