import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { Spool } from '../../src/core/spool.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { testFolder } from '../support/folder.ts'

async function all<T>(spool: Spool<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of spool.all()) found.push(one)
  return found
}

it('spooled data can be read repeatedly, and between writes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async texts => {
      const spool = new Spool<string>(localFiles)
      for (const text of texts) await spool.add(text)
      expect(await all(spool)).toEqual(texts)
      await spool.add('more')
      expect(await all(spool)).toEqual([...texts, 'more'])
      await spool.close()
    }),
    { numRuns: 40 },
  )
})

it('large data is spooled to a file, of which nothing is left', async () => {
  let files = 0
  const place = testFolder()
  vi.stubEnv('TMPDIR', place)
  const spool = new Spool<{ n: number; text: string }>({
    scratch: () => {
      files += 1
      return localFiles.scratch()
    },
  })
  const things = Array.from({ length: 5000 }, (_, n) => ({ n, text: 'ü'.repeat(n % 1000) }))
  for (const thing of things) await spool.add(thing)
  expect(await all(spool)).toEqual(things)
  expect(await all(spool)).toEqual(things)
  expect(files).toBe(1)
  await spool.close()
  expect(readdirSync(place)).toEqual([])
  vi.unstubAllEnvs()
})
