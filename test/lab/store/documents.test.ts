import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFileStore, openMemoryStore, type Store } from '../../../src/lab/store/store.ts'
import { testFolder } from '../../support/folder.ts'
import { processes, random } from './support.ts'

interface Counter {
  n: number
}
const zero = (): Counter => ({ n: 0 })

const KINDS: [string, (folder: string) => Store][] = [
  ['in a folder', folder => openFileStore(folder, random, processes)],
  ['in memory', () => openMemoryStore(random)],
]

describe.each(KINDS)('a document %s', (_, open) => {
  it('starts with its initial value, and keeps changes', async () => {
    const folder = testFolder()
    const document = open(folder).document('counter', zero)
    expect(await document.read(state => state.n)).toBe(0)
    expect(await document.update(state => ++state.n)).toBe(1)
    expect(await document.read(state => state.n)).toBe(1)
  })

  it('makes changes one after the other', async () => {
    const folder = testFolder()
    const document = open(folder).document('counter', zero)
    const results = await Promise.all(Array.from({ length: 50 }, () => document.update(state => ++state.n)))
    expect(results).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })

  it('continues after a change that throws', async () => {
    const folder = testFolder()
    const document = open(folder).document('counter', zero)
    await expect(
      document.update(() => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await document.update(state => ++state.n)).toBe(1)
  })

  it('is the same document under the same name', async () => {
    const folder = testFolder()
    const store = open(folder)
    await store.document('counter', zero).update(state => ++state.n)
    expect(await store.document('counter', zero).read(state => state.n)).toBe(1)
    expect(await store.document('other', zero).read(state => state.n)).toBe(0)
  })

  it('wakes those that wait for a change', async () => {
    const folder = testFolder()
    const document = open(folder).document('counter', zero)
    const waiting = document.until(state => (state.n >= 2 ? `it is ${state.n}` : undefined), new AbortController().signal)
    await document.update(state => ++state.n)
    await document.update(state => ++state.n)
    expect(await waiting).toBe('it is 2')
  })

  it('stops waiting when told to', async () => {
    const folder = testFolder()
    const document = open(folder).document('counter', zero)
    const stop = new AbortController()
    const waiting = document.until(() => undefined, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  it('has its initial value again after it was removed, and after the store was cleared', async () => {
    const folder = testFolder()
    const store = open(folder)
    const document = store.document('counter', zero)
    await document.update(state => ++state.n)
    await store.remove('counter')
    expect(await document.read(state => state.n)).toBe(0)
    await document.update(state => ++state.n)
    await store.clear()
    expect(await store.document('counter', zero).read(state => state.n)).toBe(0)
  })
})

describe('a document in a folder', () => {
  it('outlives its store, and sees changes by another store', async () => {
    const folder = testFolder()
    const [one, two] = [openFileStore(folder, random, processes), openFileStore(folder, random, processes)]
    const [a, b] = [one.document('counter', zero), two.document('counter', zero)]
    expect(await b.read(state => state.n)).toBe(0)
    const waiting = b.until(state => (state.n === 1 ? true : undefined), new AbortController().signal)
    await a.update(state => ++state.n)
    expect(await waiting).toBe(true)
    await Promise.all([one.close(), two.close()])
    expect(
      await openFileStore(folder, random, processes)
        .document('counter', zero)
        .read(state => state.n),
    ).toBe(1)
  })

  it('is not saved by a change that throws', async () => {
    const folder = testFolder()
    const document = openFileStore(folder, random, processes).document('counter', zero)
    await document.update(state => ++state.n)
    await expect(
      document.update(state => {
        state.n = 99
        throw new Error('half done')
      }),
    ).rejects.toThrow('half done')
    expect(await document.read(state => state.n)).toBe(1)
  })

  it('is private to its user, and leaves no locks behind', async () => {
    const folder = testFolder()
    const path = join(folder, 'lab')
    const store = openFileStore(path, random, processes)
    await store.document('counter', zero).update(state => ++state.n)
    expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(join(path, 'counter.json')).mode & 0o777).toBe(0o600)
    await store.close()
    expect(readdirSync(path).sort()).toEqual(['counter.json', 'locks'])
    expect(readdirSync(join(path, 'locks'))).toEqual([])
  })

  it('is reported when damaged, and not overwritten', async () => {
    const folder = testFolder()
    writeFileSync(join(folder, 'counter.json'), '{"n":')
    const document = openFileStore(folder, random, processes).document('counter', zero)
    await expect(document.update(state => ++state.n)).rejects.toThrow(SyntaxError)
    expect(statSync(join(folder, 'counter.json')).size).toBe(5)
  })
})
