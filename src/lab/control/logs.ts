import type { CommandRequest } from '../endpoint.ts'

/** How many entries a log keeps; older ones are dropped. */
const MAX_LOG_ENTRIES = 20_000

/** One request as it came in. */
export interface RequestEntry {
  n: number
  /** The lab's time, ISO 8601. */
  time: string
  method: string
  /** With the query. */
  path: string
  /** Whether it carried credentials: `X-Auth-Token` or `Authorization`. */
  credentials: boolean
  /** null while it is under way, and when the connection was dropped. */
  status: number | null
  /** Milliseconds of real time until the answer began; null while it is under way. */
  duration: number | null
  /** The name of the fault that was injected. */
  fault?: string
}

/** One execution of a command by an endpoint; a command that is executed twice has two entries. */
export interface ExecutionEntry {
  n: number
  time: string
  device_id: number
  device_name: string
  session_id: string
  command_id: number
  /** The command's name, and what it acts on: a path, a pid. */
  name: string
  object: string | number | null
  /** null while it runs. */
  status: 'COMPLETE' | 'ERROR' | null
  result_code: number | null
}

/** The newest entries, numbered from 1. */
export class Log<T extends { n: number }> {
  #entries: T[] = []
  #next = 1

  /** @returns the entry itself, to be filled in */
  add(entry: Omit<T, 'n'>): T {
    const numbered = { n: this.#next++, ...entry } as T
    this.#entries.push(numbered)
    // Old entries are dropped in batches, not one by one.
    if (this.#entries.length > MAX_LOG_ENTRIES * 1.1) this.#entries = this.#entries.slice(-MAX_LOG_ENTRIES)
    return numbered
  }

  list(): readonly T[] {
    return this.#entries
  }

  /** Removes all entries; the numbering continues. */
  clear(): void {
    this.#entries = []
  }
}

/** Returns what a command acts on: a path or a pid. */
export function objectOf({ path, pid }: CommandRequest): string | number | null {
  return path ?? pid ?? null
}
