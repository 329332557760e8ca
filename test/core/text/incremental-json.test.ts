import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IncrementalJson, TooDeep, type JsonSteps } from '../../../src/core/text/incremental-json.ts'

const NAMES = ['id', 'files', '', 'a"b\\', '[', '__proto__', 'toString']
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, -1.5e-7, '', ',', '[1,', '}],{', '\\', '"', '\\"', 'ä€😀\ud800'),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 4 }),
  ),
}))
/** Valid JSON with and without blanks. */
const text = fc
  .tuple(value, fc.constantFrom(undefined, 1, '\t'))
  .map(([whole, indent]) => JSON.stringify(whole, undefined, indent).replace(/\n/g, '\r\n'))
/** Pieces to damage it with, and where. */
const damage = fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom('', ',', '[', ']', '{', '}', '"', ':', '\\', '1', ' ', '\ufeff')), {
  maxLength: 2,
})

/** Parses a text that comes in chunks of `size` bytes, all of them in the same memory. */
function read(source: string | Uint8Array, { size = 1, ...more }: Partial<JsonSteps> & { size?: number } = {}): unknown {
  const bytes = Buffer.from(source)
  const json = new IncrementalJson({ parse: part => JSON.parse(decoded(part)), item: item => item, depth: 100, batch: 1, ...more })
  const memory = Buffer.alloc(size)
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = memory.subarray(0, bytes.copy(memory, 0, at))
    json.push(chunk)
    memory.fill('"')
  }
  return json.end()
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function outcome(work: () => unknown): unknown {
  try {
    return { value: work() }
  } catch (error) {
    return (error as Error).name
  }
}

describe('a JSON text that comes in pieces', () => {
  it('is what JSON.parse makes of the whole, wherever it is cut and however many items are parsed together', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 }), (source, size, batch) => {
        const found = read(source, { size, batch })
        expect(found).toStrictEqual(JSON.parse(decoded(Buffer.from(source))))
        // The order of the fields too, and a field called __proto__.
        expect(JSON.stringify(found)).toBe(JSON.stringify(JSON.parse(decoded(Buffer.from(source)))))
      }),
      { numRuns: 500 },
    )
  })

  it('is refused exactly where JSON.parse refuses it', () => {
    fc.assert(
      fc.property(text, damage, fc.integer({ min: 1, max: 9 }), (source, cuts, size) => {
        const damaged = cuts.reduce((left, [at, length, more]) => {
          const place = at % (left.length + 1)
          return left.slice(0, place) + more + left.slice(place + length)
        }, source)
        expect(outcome(() => read(damaged, { size }))).toStrictEqual(outcome(() => JSON.parse(decoded(Buffer.from(damaged)))))
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    '',
    ' ',
    '[',
    '[1',
    '[1,',
    '[1,2',
    '[1,]',
    '[,1]',
    '[1,,2]',
    '[,]',
    '[1][2]',
    '[1}',
    '{"a":[1}',
    '{"a":[1]]',
    '{"a":[1],}',
    '{"a":[{"b":1],{"c":2}]}',
    '{"a":[1],[2]]}',
    '{"a":[1]0}',
    '{[1]:2}',
    '{"a"[1]}',
    '] [1]',
    '[1] "',
    '["a]',
    '[\\"a]',
    '\ufeff[1]',
    '<html>[1]',
  ])('%s is refused', source => {
    expect(() => read(source)).toThrow(SyntaxError)
    expect(() => JSON.parse(source) as unknown).toThrow(SyntaxError)
  })

  it.each([
    '{"a":[1],"a":[2,3]}',
    '{"a":[1],"a":4}',
    '{"a":4,"a":[],"b":[[0]]}',
    '{"\\u0061":[1],"a":[]}',
    '{"__proto__":[1],"x":{"__proto__":[2]}}',
    '[0,[1],{"a":[2]}]',
    '{"a":"[0]","b":[0]}',
  ])('%s has the lists that JSON.parse finds', source => {
    expect(JSON.stringify(read(source))).toBe(JSON.stringify(JSON.parse(source)))
  })

  it('bytes that are not UTF-8 are replaced as in the whole', () => {
    const bytes = Buffer.concat([Buffer.from('["a'), Buffer.of(0xe2, 0x82), Buffer.from('","'), Buffer.of(0xff), Buffer.from('"]')])
    expect(read(bytes)).toEqual(JSON.parse(decoded(bytes)))
  })

  it('nested too deeply is refused as soon as it is', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(read(nested(5), { depth: 5 })).toEqual(JSON.parse(nested(5)))
    expect(() => read(nested(6), { depth: 5 })).toThrow(TooDeep)
    expect(() => read('['.repeat(1_000_000), { size: 1000 })).toThrow(TooDeep)
  })

  it('hands over each item while the rest is still to come, and keeps only what is made of it', () => {
    const seen: unknown[] = []
    const json = new IncrementalJson({
      parse: part => {
        texts.push(decoded(part))
        return JSON.parse(decoded(part))
      },
      item: item => {
        seen.push(item)
        return seen.length
      },
      depth: 100,
      batch: 1,
    })
    const texts: string[] = []
    json.push(Buffer.from('{"id":7,"files":[{"n":1},{"n":2},{"n"'))
    expect(seen).toEqual([{ n: 1 }, { n: 2 }])
    json.push(Buffer.from(':3}],"more":[]}'))
    expect(json.end()).toEqual({ id: 7, files: [1, 2, 3], more: [] })
    // No text is parsed twice, and none is kept until the end except the frame.
    expect(texts).toEqual(['[{"n":1}]', '[{"n":2}]', '[{"n":3}]', '[]', '{"id":7,"files":[0],"more":[1]}'])
  })
})
