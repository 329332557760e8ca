import type { Document } from '../endpoint.ts'

/** A document that can be waited on. */
export interface SharedDocument<T> extends Document<T> {
  /**
   * Waits until `look` returns something for the newest state, and returns that. Changes by this process are seen at once, those by
   * others within a quarter of a second. Throws the signal's reason when it is aborted first.
   */
  until<R>(look: (state: T) => R | undefined, signal: AbortSignal): Promise<R>
}

const FIRST_PAUSE_MS = 10
const MAX_PAUSE_MS = 250

/** The base of all documents: lets callers wait for a change. */
export abstract class Waitable<T> implements SharedDocument<T> {
  readonly #waiting = new Set<() => void>()

  /** @param foreign whether other processes can change the state, so that it must be polled */
  protected constructor(foreign: boolean) {
    this.#foreign = foreign
  }
  readonly #foreign: boolean

  /** The newest state. */
  protected abstract current(): T

  abstract update<R>(change: (state: T) => R): Promise<R>

  async read<R>(look: (state: T) => R): Promise<R> {
    return look(this.current())
  }

  async until<R>(look: (state: T) => R | undefined, signal: AbortSignal): Promise<R> {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 1.5, MAX_PAUSE_MS)) {
      const found = look(this.current())
      if (found !== undefined) return found
      signal.throwIfAborted()
      // Nothing is awaited between `look` and this line, so no change by this process can be missed.
      await this.#change(this.#foreign ? ms : undefined, signal)
    }
  }

  /** Notifies everyone who waits that the state has changed. */
  wake(): void {
    for (const waiter of [...this.#waiting]) waiter()
  }

  #change(ms: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms)
      const waiting = this.#waiting
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        waiting.delete(done)
        resolve()
      }
      signal.addEventListener('abort', done)
      waiting.add(done)
    })
  }
}
