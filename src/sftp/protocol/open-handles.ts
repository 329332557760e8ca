import type { NamedEntry } from './answers.ts'
import { STATUS } from './constants.ts'
import type { OpenFile } from './file-system.ts'
import { Refusal } from './refusal.ts'

/** How many files and directories one client may have open, so that none takes all memory. */
export const MAX_HANDLES = 1000

/** A directory that is being read. */
export interface OpenDirectory {
  entries: readonly NamedEntry[]
  /** How many of them the client has. */
  given: number
}

/** What a client has opened, by the names that it was given for them. */
export class OpenHandles {
  readonly #open = new Map<string, OpenFile | OpenDirectory>()
  /** The path that the client gave for each file that is written to. */
  readonly #written = new Map<string, string>()
  #last = 0

  /** @throws Refusal */
  checkRoom(): void {
    if (this.#open.size >= MAX_HANDLES) throw new Refusal(STATUS.FAILURE, `more than ${MAX_HANDLES} files and directories are open`)
  }

  /** @param path as the client gave it */
  add(opened: OpenFile | OpenDirectory, path: string): string {
    this.#last += 1
    const handle = String(this.#last)
    this.#open.set(handle, opened)
    if ('read' in opened && opened.writes) this.#written.set(path, handle)
    return handle
  }

  /** Returns the handle of the file that is written to at a path. */
  writtenAt(path: string): string | undefined {
    return this.#written.get(path)
  }

  /** Whether it is that of a file that is written to. */
  isWritten(handle: string): boolean {
    const opened = this.#open.get(handle)
    return opened !== undefined && 'read' in opened && opened.writes
  }

  /** @throws Refusal */
  file(handle: string): OpenFile {
    const opened = this.#open.get(handle)
    return opened !== undefined && 'read' in opened ? opened : unknownHandle('file')
  }

  /** @throws Refusal */
  directory(handle: string): OpenDirectory {
    const opened = this.#open.get(handle)
    return opened !== undefined && 'entries' in opened ? opened : unknownHandle('directory')
  }

  /** Ends a handle. @returns its file; undefined where it was a directory's @throws Refusal */
  take(handle: string): OpenFile | undefined {
    const opened = this.#open.get(handle) ?? unknownHandle('file or directory')
    this.#open.delete(handle)
    for (const [path, written] of this.#written) if (written === handle) this.#written.delete(path)
    return 'read' in opened ? opened : undefined
  }

  /** Ends all handles of a client that has gone. */
  abandon(): void {
    for (const opened of this.#open.values()) if ('read' in opened) opened.abandon()
    this.#open.clear()
  }
}

function unknownHandle(kind: string): never {
  throw new Refusal(STATUS.FAILURE, `this handle is not that of an open ${kind}`)
}
