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

/** The lab's state: documents by name, and blobs. */
export interface Store {
  readonly owner: Owner
  readonly blobs: Blobs
  /** The largest texts that belong into a document, bytes: one on the disk is written whole at each change. */
  readonly inlineBytes: number
  /**
   * Returns the document of this name, the same object each time.
   * @param name    letters, digits, `.`, `_` and `-`
   * @param initial makes its state until the first change; the same in every process
   */
  document<T>(name: string, initial: () => T): SharedDocument<T>
  /** Resets a document to its initial state, and frees its storage. */
  remove(name: string): Promise<void>
  /**
   * Removes content that no document refers to any more; content in use by any process stays.
   * @param now ms since 1970, real time
   * @returns the number of blobs removed
   */
  sweep(now: number): Promise<number>
  /** Removes all documents and blobs. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Opens persistent state in a folder, which several processes may use at once. */
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
  const exclusively = <R>(work: () => R) => locks.hold(join(folder, 'blobs.lock'), work)
  const documentOf = <T>(name: string, initial: () => T) => {
    const document = documents.get(name) ?? new FileDocument<unknown>(pathOf(name), initial, locks)
    documents.set(name, document)
    return document as unknown as FileDocument<T>
  }
  return {
    owner,
    blobs: new FolderBlobs(blobs, random, exclusively),
    inlineBytes: 4096,
    document: documentOf,
    async sweep(now) {
      const state = documentOf('sweep', newSweep)
      // Another process may just have swept.
      if (now - (await state.read(({ last }) => last)) < UNUSED_FOR_MS) return 0
      return sweep({ folder: blobs, texts: () => textsIn(folder), state, exclusively }, now)
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

/** Opens state in memory, which ends with the process; until then its blobs are in a temporary folder. */
export function openMemoryStore(random: Random): Store {
  const documents = new Map<string, MemoryDocument<unknown>>()
  const folder = join(tmpdir(), `cbc-lab-${random.uuid()}`)
  const clear = async () => {
    for (const document of documents.values()) document.forget()
    rmSync(folder, { recursive: true, force: true })
  }
  const exclusively = async <R>(work: () => R) => work()
  const documentOf = <T>(name: string, initial: () => T) => {
    const document = documents.get(name) ?? new MemoryDocument<unknown>(initial)
    documents.set(name, document)
    return document as unknown as MemoryDocument<T>
  }
  return {
    owner: ALONE,
    blobs: new FolderBlobs(folder, random, exclusively),
    inlineBytes: 256 * 1024,
    document: documentOf,
    sweep: now =>
      sweep(
        {
          folder,
          texts: () => [...documents.values()].map(document => document.text()),
          state: documentOf('sweep', newSweep),
          exclusively,
        },
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

/** Yields the JSON of every document; those removed meanwhile are skipped. */
function* textsIn(folder: string): Generator<string> {
  for (const name of documentsIn(folder)) {
    try {
      yield readFileSync(join(folder, `${name}.json`), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
