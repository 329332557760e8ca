import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CbcError } from '../../src/core/errors.ts'
import { joinSelectors, readSelector, type Part } from '../../src/engine/selector.ts'

const read = async (typed: string, file = '') => await readSelector(typed, { file: async () => file, stdin: async () => file })

it('anything typed or listed as a device is either searchable or an error', async () => {
  const piece = fc.constantFrom(
    ',',
    ',',
    ' ',
    '@',
    '@-',
    '#',
    '\n',
    '\r',
    'query:',
    'a',
    '*',
    '?',
    '7',
    '0',
    '99999999999999999999',
    '\ufeff',
    '\0',
    '\u202e',
    'CORP\\',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(text, text, async (typed, file) => {
      const parts = await read(typed, file).catch((error: unknown) => error)
      if (!Array.isArray(parts)) {
        expect(parts instanceof CbcError && parts.code).toBe('usage')
        return
      }
      expect(parts.length).toBeGreaterThan(0)
      for (const part of parts as Part[]) {
        if (part.kind === 'id') expect(Number.isSafeInteger(part.id) && part.id > 0).toBe(true)
        else expect((part.kind === 'query' ? part.query : part.name).trim()).not.toBe('')
        if (part.kind === 'name') expect(part.name).not.toMatch(/[*?]/)
      }
    }),
    { numRuns: 2000 },
  )
})

it('names are the same in a list and on the command line', async () => {
  const name = fc.stringMatching(/^[A-Za-z][\w.\\-]{0,20}$/)
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 5 }), async names => {
      const expected = names.map(one => ({ kind: 'name', name: one }))
      expect(await read(names.join(', '))).toEqual(expected)
      expect(await read('@list', names.join('\r\n'))).toEqual(expected)
    }),
  )
})

it('selectors that were typed as words of their own are one, in which a query is the last part', async () => {
  expect(joinSelectors(['query:os:WINDOWS,x', 'A', 'B,C'])).toBe('A,B,C,query:os:WINDOWS,x')
  expect(await read(joinSelectors(['query:a,b', '7']))).toEqual([
    { kind: 'id', id: 7 },
    { kind: 'query', query: 'a,b' },
  ])
  expect(() => joinSelectors(['query:a', 'query:b'])).toThrow('takes one query')
})
