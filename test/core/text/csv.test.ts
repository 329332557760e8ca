import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsv, type CsvRow } from '../../../src/core/text/csv.ts'
import { Malformed } from '../../../src/core/text/malformed.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

async function read(text: string, { delimiter = ',', size = 5 } = {}): Promise<CsvRow[]> {
  const rows: CsvRow[] = []
  for await (const row of readCsv(inPieces(text, size), delimiter)) rows.push(row)
  return rows
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`
const CELL = fc.string({ unit: fc.constantFrom('a', 'ü', ',', ';', '\t', '"', '\n', ' ', "'", '=') })
const ROW = fc.array(CELL, { minLength: 1, maxLength: 5 })

it('rows are read back as written, each with the line on which it begins', async () => {
  const blank = fc.integer({ min: 0, max: 2 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(ROW, blank)),
      fc.constantFrom(',', ';', '\t'),
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      async (rows, delimiter, size, ended) => {
        let [text, line] = ['', 1]
        const expected: CsvRow[] = []
        for (const [cells, before] of rows) {
          text += '\n'.repeat(before)
          line += before
          expected.push({ line, cells })
          const row = `${cells.map(quoted).join(delimiter)}\n`
          text += row
          line += row.split('\n').length - 1
        }
        expect(await read(ended ? text : text.replace(/\n$/, ''), { delimiter, size })).toEqual(expected)
      },
    ),
  )
})

it('any text is read as rows, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(CELL, async text => {
      await read(text).catch((error: unknown) => expect(error).toBeInstanceOf(Malformed))
    }),
  )
})

describe('what is not CSV', () => {
  it.each([
    ['a,b\n1,"2\n3,4\n', 2, /not closed/],
    ['a\n"x"y\n', 2, /after a closing quote/],
    ['a\nb\nx"y\n', 3, /middle of a cell/],
    [`a\nb\n"${'x\n'.repeat(600_000)}`, 3, /million/],
  ])('%#', async (text, line, why) => {
    const failure = await read(text, { size: 65_536 }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ line, message: expect.stringMatching(why) as string })
  })

  it('is reported after the rows before it', async () => {
    const rows: CsvRow[] = []
    await expect(
      (async () => {
        for await (const row of readCsv(inPieces('a\nb\n"c', 65_536), ',')) rows.push(row)
      })(),
    ).rejects.toBeInstanceOf(Malformed)
    expect(rows.map(({ cells }) => cells)).toEqual([['a'], ['b']])
  })
})

it('an error of the input is passed on', async () => {
  await expect(read('')).resolves.toEqual([])
  const failing = async function* (): AsyncGenerator<string> {
    yield 'a\n'
    throw new Error('the disk is gone')
  }
  await expect(
    (async () => {
      for await (const _ of readCsv(failing(), ',')) continue
    })(),
  ).rejects.toThrow('the disk is gone')
})
