/**
 * A lock that is granted in the order of requests: exclusive work waits for everything before it, and everything after waits for it; shared
 * work runs side by side.
 */
export class ReadWriteLock {
  /** Settles when the last exclusive work, and everything before it, is over. */
  #alone: Promise<unknown> = Promise.resolve()
  /** Settles when all work is over. */
  #all: Promise<unknown> = Promise.resolve()

  /**
   * Runs `work` when its turn comes.
   * @param work is given a function that releases the lock before the work itself is over
   * @throws the signal's reason where it is aborted before the turn comes; whatever the work throws
   */
  async take<T>(signal: AbortSignal, work: (leave: () => void) => Promise<T>, shared = false): Promise<T> {
    const before = shared ? this.#alone : this.#all
    let leave = () => {}
    const mine = new Promise<void>(resolve => {
      leave = resolve
    })
    // A waiter that gives up does not let the next one overtake those before it.
    this.#all = Promise.all([this.#all, mine]).then(() => {})
    if (!shared) this.#alone = this.#all
    try {
      await orAborted(before, signal)
      return await work(leave)
    } finally {
      leave()
    }
  }
}

/** Waits for `wait` until the signal is aborted. @throws the signal's reason, as soon as it is aborted */
export async function orAborted<T>(wait: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([wait, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
