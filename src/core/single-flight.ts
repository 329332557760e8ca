import { linked, sharedController, STOPPED } from './abort.ts'

interface Running<T> {
  result: Promise<T>
  stop: AbortController
  waiting: number
}

/** Work that several callers may want at once: it is done once for all of them, and aborted when the last of them has left. */
export class SingleFlight<T> {
  #running: Running<T> | undefined

  /**
   * Waits for the running work, or for `begin` where there is none.
   * @param signal of this caller alone
   */
  async join(begin: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    const running = (this.#running ??= this.#start(begin))
    const caller = linked(signal)
    running.waiting += 1
    try {
      return await Promise.race([
        running.result,
        new Promise<never>((_, reject) => {
          caller.signal.addEventListener('abort', () => reject(caller.signal.reason as Error), { once: true })
        }),
      ])
    } finally {
      caller.clear()
      running.waiting -= 1
      if (running.waiting === 0) this.#end(running)
    }
  }

  #start(begin: (signal: AbortSignal) => Promise<T>): Running<T> {
    const stop = sharedController()
    const running: Running<T> = { result: begin(stop.signal), stop, waiting: 0 }
    // Callers that wait get the failure; without any, it must not count as unhandled.
    running.result.catch(() => {}).finally(() => this.#end(running))
    return running
  }

  #end(running: Running<T>): void {
    if (this.#running === running) this.#running = undefined
    running.stop.abort(STOPPED)
  }
}
