import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { zip } from '../../../src/cases/zip/writer.ts'
import { testFolder } from '../../support/folder.ts'
import { readZip } from '../../support/read-zip.ts'
import { isHere, tool } from '../../support/tool.ts'

type Files = readonly (readonly [name: string, pieces: readonly (Uint8Array | string)[], modified?: number])[]

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items
}

async function zipped(files: Files): Promise<Buffer> {
  const entries = files.map(([name, pieces, modified = Date.UTC(2024, 2, 1)]) => ({ name, modified, bytes: each(pieces) }))
  const chunks: Uint8Array[] = []
  for await (const chunk of zip(each(entries))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const LARGE = randomBytes(300_000)
const FILES: Files = [
  ['a/C%3A/ü–😀.txt', ['hello ', Buffer.from('world')]],
  ['empty', [], NaN],
  ['line\nbreak', [LARGE, LARGE], Date.UTC(1970)],
  ['last', ['x'.repeat(1_000_000)], Date.UTC(2200)],
]

it('a zip gives back what went in, as its specification says', async () => {
  expect([...readZip(await zipped(FILES))]).toEqual(
    FILES.map(([name, pieces]) => [name, Buffer.concat(pieces.map(piece => Buffer.from(piece as string)))]),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.array(fc.uint8Array())), { selector: ([name]) => name }),
      async files => {
        expect([...readZip(await zipped(files)).keys()]).toEqual(files.map(([name]) => name))
      },
    ),
    { numRuns: 30 },
  )
})

it.each([
  ['unzip', ['-t']],
  ['python3', ['-m', 'zipfile', '-t']],
])('a zip is read by %s', async (program, words) => {
  if (!isHere(program)) return
  const file = join(testFolder(), 'x.zip')
  writeFileSync(file, await zipped(FILES))
  expect(tool(program, [...words, file])).toMatchObject({ status: 0, err: '' })
})

it('a file that can not be read to its end ends the zip', async () => {
  const failing = async function* () {
    yield 'a'
    throw new Error('the disk is gone')
  }
  const all = async () => {
    for await (const _ of zip(each([{ name: 'a', modified: 0, bytes: failing() }])));
  }
  await expect(all()).rejects.toThrow('the disk is gone')
})
