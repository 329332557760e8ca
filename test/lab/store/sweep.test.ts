import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Content } from '../../../src/lab/endpoint.ts'
import { openFileStore, type Store } from '../../../src/lab/store/store.ts'
import { UNUSED_FOR_MS } from '../../../src/lab/store/sweep.ts'
import { testFolder } from '../../support/folder.ts'
import { SESSIONS, TestLab } from '../cloud/support.ts'
import { bytesOf, inChunks, processes, random } from './support.ts'

/** Real time, like that of the files. */
const NOW = Date.now()
const MINUTE = 60_000

interface Kept {
  content?: Content
}
const write = (store: Store, text: string) => store.blobs.write(inChunks(Buffer.from(text.repeat(5000)), 4096))
const keep = (store: Store, content: Content) =>
  store
    .document<Kept>('kept', () => ({}))
    .update(state => {
      state.content = content
    })
const forget = (store: Store) =>
  store
    .document<Kept>('kept', () => ({}))
    .update(state => {
      delete state.content
    })
const blobsIn = (folder: string) => readdirSync(join(folder, 'blobs')).sort()

describe('a sweep', () => {
  it('removes what no document has referred to for a while, and nothing else', async () => {
    const folder = testFolder()
    const store = openFileStore(folder, random, processes)
    const [used, unused] = [await write(store, 'a'), await write(store, 'b')]
    await keep(store, used)
    expect(blobsIn(folder)).toHaveLength(2)
    // Unused for the first time; not long enough; long enough.
    expect(await store.sweep(NOW + MINUTE)).toBe(0)
    expect(await store.sweep(NOW + MINUTE + UNUSED_FOR_MS - 1)).toBe(0)
    expect(await store.sweep(NOW + 2 * MINUTE + UNUSED_FOR_MS)).toBe(1)
    expect(blobsIn(folder)).toEqual([used.kind === 'blob' ? used.sha256 : ''])
    expect(unused.kind).toBe('blob')
    expect((await bytesOf(store.blobs.read(used))).length).toBe(5000)
  })

  it('keeps what is referred to again, and what was written again', async () => {
    const folder = testFolder()
    const store = openFileStore(folder, random, processes)
    const [first, second] = [await write(store, 'a'), await write(store, 'b')]
    await store.sweep(NOW + MINUTE)
    await keep(store, first)
    // The same bytes are written again, and are about to be referred to.
    const path = join(folder, 'blobs', second.kind === 'blob' ? second.sha256 : '')
    utimesSync(path, (NOW + UNUSED_FOR_MS) / 1000, (NOW + UNUSED_FOR_MS) / 1000)
    expect(await store.sweep(NOW + 2 * MINUTE + UNUSED_FOR_MS)).toBe(0)
    await forget(store)
    expect(await store.sweep(NOW + 3 * MINUTE + 2 * UNUSED_FOR_MS)).toBe(1)
    // The other one has been unused only since the last time.
    expect(await store.sweep(NOW + 4 * MINUTE + 3 * UNUSED_FOR_MS)).toBe(1)
    expect(blobsIn(folder)).toEqual([])
  })

  it('respects what other processes refer to, and is not done twice', async () => {
    const folder = testFolder()
    const [one, two] = [openFileStore(folder, random, processes), openFileStore(folder, random, processes)]
    await keep(two, await write(two, 'a'))
    await write(two, 'b')
    await one.sweep(NOW + MINUTE)
    expect(await two.sweep(NOW + MINUTE + 1)).toBe(0)
    expect(await two.sweep(NOW + 2 * MINUTE + UNUSED_FOR_MS)).toBe(1)
    expect(await one.sweep(NOW + 2 * MINUTE + UNUSED_FOR_MS)).toBe(0)
    expect(blobsIn(folder)).toHaveLength(1)
  })

  it('removes drafts of processes that died long ago', async () => {
    const folder = testFolder()
    const blobs = join(folder, 'blobs')
    mkdirSync(blobs)
    for (const [name, hours] of [
      ['old.part', 25],
      ['new.part', 23],
    ] as const) {
      writeFileSync(join(blobs, name), 'x')
      utimesSync(join(blobs, name), NOW / 1000 - hours * 3600, NOW / 1000 - hours * 3600)
    }
    expect(await openFileStore(folder, random, processes).sweep(NOW)).toBe(1)
    expect(readdirSync(blobs)).toEqual(['new.part'])
  })

  it('happens by itself in a running lab, and removes files staged in sessions that have ended', async () => {
    const folder = testFolder()
    const test = new TestLab({ state: folder, processes } as ConstructorParameters<typeof TestLab>[0])
    test.clock.advance(NOW + MINUTE - test.clock.now())
    const session = await test.session()
    await test.upload(session, 'a.bin', 'a'.repeat(10_000))
    await test.send('DELETE', session)
    expect(blobsIn(folder)).toHaveLength(1)
    for (let i = 0; i < 3; i++) {
      test.clock.advance(UNUSED_FOR_MS + MINUTE)
      await test.send('GET', SESSIONS)
    }
    await test.lab.close()
    expect(blobsIn(folder)).toEqual([])
  })
})
