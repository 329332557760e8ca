import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync, writeFileSync, type BigIntStats } from 'node:fs'
import type { Locks } from './locks.ts'
import { Waitable } from './shared-document.ts'

/** A state as it was read, and the file's stamp at that time. */
interface Version<T> {
  state: T
  text: string
  stamp: string
}

const MISSING = 'missing'

/**
 * A document in a JSON file: changed under a lock and replaced by renaming, so that readers see either the old or the new state, complete.
 */
export class FileDocument<T> extends Waitable<T> {
  readonly #path: string
  readonly #initial: () => T
  readonly #locks: Locks
  #version: Version<T> | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(path: string, initial: () => T, locks: Locks) {
    super(true)
    this.#path = path
    this.#initial = initial
    this.#locks = locks
  }

  /** A change that leaves the state as it was writes nothing; one that throws changes nothing. */
  override update<R>(change: (state: T) => R): Promise<R> {
    const result = this.#queue.then(() => this.#locks.hold(`${this.#path}.lock`, () => this.#change(change)))
    this.#queue = result.catch(() => undefined)
    return result
  }

  protected override current(): T {
    return this.#newest().state
  }

  #change<R>(change: (state: T) => R): R {
    const { state, text: before } = this.#newest()
    // Nobody may see the changed state until it is saved.
    this.#version = undefined
    const result = change(state)
    const text = JSON.stringify(state)
    if (text !== before) {
      const draft = `${this.#path}.new`
      writeFileSync(draft, text, { mode: 0o600 })
      renameSync(draft, this.#path)
      this.wake()
    }
    this.#version = { state, text, stamp: stampOf(statSync(this.#path, { bigint: true, throwIfNoEntry: false })) }
    return result
  }

  #newest(): Version<T> {
    const stamp = stampOf(statSync(this.#path, { bigint: true, throwIfNoEntry: false }))
    if (this.#version?.stamp !== stamp) this.#version = this.#load()
    return this.#version
  }

  #load(): Version<T> {
    let file: number
    try {
      file = openSync(this.#path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      const state = this.#initial()
      return { state, text: JSON.stringify(state), stamp: MISSING }
    }
    try {
      // Stamp and text come from the same open file, even if the name has been replaced meanwhile.
      const stamp = stampOf(fstatSync(file, { bigint: true }))
      const text = readFileSync(file, 'utf8')
      return { state: JSON.parse(text) as T, text, stamp }
    } finally {
      closeSync(file)
    }
  }
}

function stampOf(stats: BigIntStats | undefined): string {
  return stats === undefined ? MISSING : `${stats.ino}:${stats.mtimeNs}:${stats.size}`
}
