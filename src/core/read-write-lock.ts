/**
 * Whose turn it is, in the order of asking: work that is alone waits for all before it, and all after it wait for it; shared work runs side
 * by side.
 */
export class ReadWriteLock {
  /** Over when the last that was alone, and all before it, is over. */
  #alone: Promise<unknown> = Promise.resolve()
  /** Over when all are. */
  #all: Promise<unknown> = Promise.resolve()

  /**
   * @param work is given what lets the next one go before it is over itself
   * @throws the signal's reason: it was aborted before the turn came; whatever the work throws
   */
  async take<T>(signal: AbortSignal, work: (leave: () => void) => Promise<T>, shared = false): Promise<T> {
    const before = shared ? this.#alone : this.#all
    let leave = () => {}
    const mine = new Promise<void>(resolve => {
      leave = resolve
    })
    // Whoever gives up waiting doesn't let the next one pass those before.
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

/** @throws the signal's reason, as soon as it is aborted */
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
