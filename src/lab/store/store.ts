import { readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '../../core/ports.ts'
import type { Blobs } from '../endpoint.ts'
import { FolderBlobs } from './blobs.ts'
import { FileDocument } from './file-document.ts'
import { Locks } from './locks.ts'
import { MemoryDocument } from './memory-document.ts'
import { ALONE, ownerOf, type Owner, type Processes } from './owner.ts'
import type { SharedDocument } from './shared-document.ts'

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
  return {
    owner,
    blobs: new FolderBlobs(join(folder, 'blobs'), random),
    document<T>(name: string, initial: () => T) {
      const document = documents.get(name) ?? new FileDocument<unknown>(pathOf(name), initial, locks)
      documents.set(name, document)
      return document as unknown as FileDocument<T>
    },
    async remove(name) {
      await erase(name)
      documents.delete(name)
    },
    async clear() {
      for (const name of documentsIn(folder)) await erase(name)
      rmSync(join(folder, 'blobs'), { recursive: true, force: true })
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
  return {
    owner: ALONE,
    blobs: new FolderBlobs(folder, random),
    document<T>(name: string, initial: () => T) {
      const document = documents.get(name) ?? new MemoryDocument<unknown>(initial)
      documents.set(name, document)
      return document as unknown as MemoryDocument<T>
    },
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
    return readdirSync(folder).filter(name => name.endsWith('.json')).map(name => name.slice(0, -'.json'.length))
  } catch {
    return []
  }
}
