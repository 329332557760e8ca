import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '../../core/ports.ts'
import type { Blobs } from '../endpoint.ts'
import { FolderBlobs } from './blobs.ts'
import { FileDocument } from './file-document.ts'
import { Locks } from './locks.ts'
import { MemoryDocument } from './memory-document.ts'
import { ALONE, ownerOf, type Owner, type Processes } from '../../core/owner.ts'
import type { SharedDocument } from './shared-document.ts'
import { UNUSED_FOR_MS, newSweep, sweep } from './sweep.ts'

/** Where the lab's state lies: documents by name, and blobs. */
export interface Store {
  readonly owner: Owner
  readonly blobs: Blobs
  /**
   * The document of this name, the same object each time.
   * @param name    letters, digits, `.`, `_` and `-`
   * @param initial its state until the first change; the same in every process
   */
  document<T>(name: string, initial: () => T): SharedDocument<T>
  /** Takes a document back to its initial state and frees its place. */
  remove(name: string): Promise<void>
  /**
   * Removes content that no document refers to any more; what is in use in any process stays.
   * @param now ms since 1970, real time
   * @returns how many pieces were removed
   */
  sweep(now: number): Promise<number>
  /** Removes all documents and blobs. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** State that lasts, in a folder that several processes may use at once. */
export function openFileStore(folder: string, random: Random, processes: Processes): Store {
  const owner = ownerOf(processes)
  const locks = new Locks(join(folder, 'locks'), owner, random.uuid())
  const documents = new Map<string, FileDocument<unknown>>()
  const pathOf = (name: string) => join(folder, `${name}.json`)
  const erase = async (name: string) => {
    await locks.hold(`${pathOf(name)}.lock`, () => rmSync(pathOf(name), { force: true }))
    documents.get(name)?.wake()
  }
  const blobs = join(folder, 'blobs')
  const alone = <R>(work: () => R) => locks.hold(join(folder, 'blobs.lock'), work)
  const documentOf = <T>(name: string, initial: () => T) => {
    const document = documents.get(name) ?? new FileDocument<unknown>(pathOf(name), initial, locks)
    documents.set(name, document)
    return document as unknown as FileDocument<T>
  }
  return {
    owner,
    blobs: new FolderBlobs(blobs, random, alone),
    document: documentOf,
    async sweep(now) {
      const state = documentOf('sweep', newSweep)
      // Another process may just have done it.
      if (now - (await state.read(({ last }) => last)) < UNUSED_FOR_MS) return 0
      return sweep({ folder: blobs, texts: () => textsIn(folder), state, alone }, now)
    },
    async remove(name) {
      await erase(name)
      documents.delete(name)
    },
    async clear() {
      for (const name of documentsIn(folder)) await erase(name)
      rmSync(blobs, { recursive: true, force: true })
    },
    close: async () => locks.close(),
  }
}

/** State that ends with the process; blobs lie in a temporary folder until then. */
export function openMemoryStore(random: Random): Store {
  const documents = new Map<string, MemoryDocument<unknown>>()
  const folder = join(tmpdir(), `cbc-lab-${random.uuid()}`)
  const clear = async () => {
    for (const document of documents.values()) document.forget()
    rmSync(folder, { recursive: true, force: true })
  }
  const alone = async <R>(work: () => R) => work()
  const documentOf = <T>(name: string, initial: () => T) => {
    const document = documents.get(name) ?? new MemoryDocument<unknown>(initial)
    documents.set(name, document)
    return document as unknown as MemoryDocument<T>
  }
  return {
    owner: ALONE,
    blobs: new FolderBlobs(folder, random, alone),
    document: documentOf,
    sweep: now =>
      sweep(
        { folder, texts: () => [...documents.values()].map(document => document.text()), state: documentOf('sweep', newSweep), alone },
        now,
      ),
    async remove(name) {
      documents.get(name)?.forget()
      documents.delete(name)
    },
    clear,
    close: clear,
  }
}

function documentsIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.json'))
      .map(name => name.slice(0, -'.json'.length))
  } catch {
    return []
  }
}

/** The JSON of every document, one after the other; one that has gone meanwhile refers to nothing. */
function* textsIn(folder: string): Generator<string> {
  for (const name of documentsIn(folder)) {
    try {
      yield readFileSync(join(folder, `${name}.json`), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
