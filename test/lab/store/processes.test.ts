import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownerOf } from '../../../src/core/owner.ts'
import { openFileStore } from '../../../src/lab/store/store.ts'
import { testFolder } from '../../support/folder.ts'
import { bundled, exit, processes, random, run } from './support.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

it('a document loses nothing when several processes change it at once', async () => {
  const folder = testFolder()
  const program = await bundled(WORKER, folder)
  const lab = join(folder, 'lab')
  const children = [1, 2, 3].map(() => run(program, lab, 'count'))
  expect(await Promise.all(children.map(exit))).toEqual([0, 0, 0])
  const entries = await openFileStore(lab, random, processes)
    .document('shared', () => ({ entries: [] as string[] }))
    .read(state => [...state.entries])
  const wanted = children.flatMap(({ pid }) => Array.from({ length: 100 }, (_, i) => `${pid}:${i}`))
  expect([...entries].sort()).toEqual(wanted.sort())
})

it('the lock of a process that died holding it is broken, once it is known to be dead', async () => {
  const folder = testFolder()
  const program = await bundled(WORKER, folder)
  const lab = join(folder, 'lab')
  const child = run(program, lab, 'die')
  const [[name]] = await Promise.all([once(child, 'message') as Promise<[string]>, exit(child)])
  expect(existsSync(join(lab, 'shared.json.lock'))).toBe(true)
  expect(ownerOf(processes).alive(name)).toBe(false)
  // Several stores find the same dead lock at once.
  const stores = [1, 2, 3].map(() => openFileStore(lab, random, processes))
  await Promise.all(
    stores.flatMap(store => Array.from({ length: 10 }, () => store.document('shared', () => ({ n: 0 })).update(state => ++state.n))),
  )
  expect(await stores[0]?.document('shared', () => ({ n: 0 })).read(state => state.n)).toBe(30)
  expect(existsSync(join(lab, 'shared.json.lock'))).toBe(false)
})

it('a process is distinguished from an earlier one with the same pid', () => {
  const owner = ownerOf(processes)
  expect(owner.alive(owner.self)).toBe(true)
  const [pid, start] = owner.self.split('@')
  // Without /proc only the pid can be compared.
  if (start !== '') expect(owner.alive(`${pid}@1`)).toBe(false)
})
