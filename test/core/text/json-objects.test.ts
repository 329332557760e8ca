import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJsonObjects, type JsonObject } from '../../../src/core/text/json-objects.ts'
import { Malformed } from '../../../src/core/text/malformed.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

async function read(text: string, size = 5): Promise<JsonObject[]> {
  const found: JsonObject[] = []
  for await (const one of readJsonObjects(inPieces(text, size))) found.push(one)
  return found
}

const OBJECT = fc.dictionary(fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', ']', '\n', 'ü') }), fc.jsonValue())
const SIZE = fc.integer({ min: 1, max: 40 })

it('an array is read object by object, indented or not, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(OBJECT), fc.constantFrom(undefined, 2), SIZE, async (objects, indent, size) => {
      expect((await read(JSON.stringify(objects, null, indent), size)).map(({ value }) => value)).toEqual(
        JSON.parse(JSON.stringify(objects)),
      )
    }),
  )
})

it('consecutive objects are read, with their line numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(OBJECT, { minLength: 1 }), SIZE, async (objects, size) => {
      const found = await read(objects.map(one => `${JSON.stringify(one)}\n`).join(''), size)
      expect(found).toEqual(objects.map((one, at) => ({ line: at + 1, value: JSON.parse(JSON.stringify(one)) as unknown })))
    }),
  )
})

it('each object has the line on which it begins', async () => {
  expect((await read('\n[\n  {\n    "a": "}"\n  },\n\n  {"b": [{}]}, {}\n]\n')).map(({ line }) => line)).toEqual([3, 7, 7])
})

it('an answer of the API is read as its results, whatever else it contains, in pieces of any size', async () => {
  const more = fc.dictionary(fc.constantFrom('num_found', 'num_available', 'facets', 'a"', '}'), fc.jsonValue())
  await fc.assert(
    fc.asyncProperty(more, fc.array(OBJECT), more, fc.constantFrom(undefined, 2), SIZE, async (before, results, after, indent, size) => {
      const body = JSON.stringify(
        { ...before, results, ...Object.fromEntries(Object.entries(after).map(([name, one]) => [`${name}2`, one])) },
        null,
        indent,
      )
      expect((await read(body, size)).map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(results)))
    }),
  )
  expect((await read('{\n"num_found": 2,\n"results": [\n{"a": 1},\n{"a": 2}]}')).map(({ line }) => line)).toEqual([4, 5])
})

it('results in a later object are an ordinary field', async () => {
  const values = [{ a: { results: [1] }, b: ['results'] }, { results: [{}] }]
  expect((await read(values.map(one => `${JSON.stringify(one)}\n`).join(''))).map(({ value }) => value)).toEqual(values)
})

it('any text is read as objects, or refused', async () => {
  const text = fc.string({ unit: fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', ':', '1', '\n', ' ') })
  await fc.assert(
    fc.asyncProperty(text, async typed => {
      await read(typed).catch((error: unknown) => expect(error).toBeInstanceOf(Malformed))
    }),
  )
})

describe('anything but a list of objects', () => {
  it.each([
    ['', 1, /nothing in it/],
    ['\n\n', 3, /nothing in it/],
    ['[', 1, /cut off/],
    ['[{},\n{}', 2, /cut off/],
    ['[{},\n', 2, /cut off/],
    ['{}\n{"a"', 2, /cut off/],
    ['[{}\n{}]', 2, /comma/],
    ['[{},]', 1, /after a comma/],
    ['[1]', 1, /have to be objects/],
    ['[]\n[]', 2, /after the end/],
    ['"x"', 1, /neither/],
    ['{"results": [{}', 1, /cut off/],
    ['{"results": [{}],\n"a": 1', 1, /cut off/],
    ['{"results": [{}]}\n{}', 2, /after the end/],
    ['{"results": [1]}', 1, /have to be objects/],
    ['{}\n,{}', 2, /one after another/],
    [`{}\n{"a": "${'x'.repeat(1_100_000)}`, 2, /million/],
  ])('is refused: %#', async (text, line, why) => {
    await expect(read(text, 65_536)).rejects.toMatchObject({ line, message: expect.stringMatching(why) as string })
  })

  it('an invalid object does not stop the others', async () => {
    expect(await read('{a}\n{"b": 1}\n')).toEqual([
      { line: 1, value: undefined },
      { line: 2, value: { b: 1 } },
    ])
  })
})
