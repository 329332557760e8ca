import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Content } from '../../../src/lab/endpoint.ts'
import { FolderBlobs } from '../../../src/lab/store/blobs.ts'
import { testFolder } from '../../support/folder.ts'
import { bytesOf, inChunks, random } from './support.ts'

const pattern = (size: number) => Buffer.from(Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff))

describe('blobs', () => {
  it('keep small files in the reference', async () => {
    const folder = testFolder()
    const blobs = new FolderBlobs(folder, random)
    const content = await blobs.write(inChunks(pattern(4096), 1000))
    expect(content).toEqual({ kind: 'text', base64: pattern(4096).toString('base64'), size: 4096 })
    expect(await blobs.write(inChunks(Buffer.alloc(0), 1))).toEqual({ kind: 'text', base64: '', size: 0 })
    expect(readdirSync(folder)).toEqual([])
  })

  it('keep larger ones under their SHA-256, once', async () => {
    const folder = testFolder()
    const blobs = new FolderBlobs(folder, random)
    const sha256 = createHash('sha256').update(pattern(100_000)).digest('hex')
    const contents = await Promise.all([1000, 333, 100_000].map(size => blobs.write(inChunks(pattern(100_000), size))))
    for (const content of contents) expect(content).toEqual({ kind: 'blob', sha256, size: 100_000 })
    expect(readdirSync(folder)).toEqual([sha256])
  })

  it('leave nothing of a file that breaks off', async () => {
    const folder = testFolder()
    const blobs = new FolderBlobs(folder, random)
    const broken = async function* () {
      yield pattern(10_000)
      throw new Error('the line broke')
    }
    await expect(blobs.write(broken())).rejects.toThrow('the line broke')
    expect(readdirSync(folder)).toEqual([])
  })

  it('return any part of any kind of content', async () => {
    const folder = testFolder()
    const blobs = new FolderBlobs(folder, random)
    const contents: Content[] = [
      await blobs.write(inChunks(pattern(3000), 512)),
      await blobs.write(inChunks(pattern(700_000), 65_536)),
      { kind: 'generated', seed: 42, size: 700_000 },
    ]
    const wholes = await Promise.all(contents.map(content => bytesOf(blobs.read(content))))
    expect(wholes.map(({ length }) => length)).toEqual([3000, 700_000, 700_000])
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(800_000), fc.option(fc.nat(800_000), { nil: undefined }), async (which, offset, length) => {
        const [content, whole] = [contents[which] as Content, wholes[which] as Buffer]
        const piece = await bytesOf(blobs.read(content, offset, length))
        expect(piece.equals(whole.subarray(offset, length === undefined ? undefined : offset + length))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('generate different bytes for different seeds, even far into a file, without a pattern', async () => {
    const folder = testFolder()
    const blobs = new FolderBlobs(folder, random)
    const huge = (seed: number): Content => ({ kind: 'generated', seed, size: 2 ** 45 })
    const pieces = await Promise.all(
      [
        [1, 0],
        [2, 0],
        [1, 2 ** 34],
        [1, 2 ** 44],
      ].map(([seed = 0, at = 0]) => bytesOf(blobs.read(huge(seed), at, 4096))),
    )
    expect(new Set(pieces.map(piece => piece.toString('hex'))).size).toBe(4)
    for (const piece of pieces) expect(new Set(piece).size).toBeGreaterThan(250)
  })
})
