import type { Clock } from '../../core/ports.ts'
import { linkedController, release } from '../cloud/linked.ts'
import { ConnectionDropped } from './connection-dropped.ts'

type Bytes = AsyncIterable<Uint8Array>

/** Yields the first `count` bytes. */
export async function* first(bytes: Bytes, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  if (left === 0) return
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left)
    left -= Math.min(chunk.length, left)
    if (left === 0) return
  }
}

/** Yields the first `count` bytes, then drops the connection. */
export async function* cut(bytes: Bytes, count: number): AsyncGenerator<Uint8Array> {
  yield* first(bytes, count)
  throw new ConnectionDropped('the answer was cut short')
}

/**
 * Returns the first `count` bytes, then stalls until a signal aborts. Not a generator, because a generator that is waiting can't be
 * returned from.
 * @param signals of the client, and of the lab
 */
export function stall(bytes: Bytes, count: number, signals: AbortSignal[]): AsyncIterableIterator<Uint8Array> {
  const head = first(bytes, count)
  const stop = linkedController(...signals)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const { value, done } = await head.next()
      if (done !== true) return { value, done: false }
      await new Promise<void>(resolve => {
        if (stop.signal.aborted) resolve()
        stop.signal.addEventListener('abort', () => resolve(), { once: true })
      })
      throw new ConnectionDropped('the answer was stalled')
    },
    async return() {
      release(stop)
      await head.return(undefined)
      return { value: undefined, done: true }
    },
  }
}

/** Yields pieces of `size` bytes, with a pause of `every` ms before each. @param signals of the client, and of the lab */
export async function* drip(
  bytes: Bytes,
  { bytes: size, every }: { bytes: number; every: number },
  clock: Clock,
  signals: AbortSignal[],
): AsyncGenerator<Uint8Array> {
  const stop = linkedController(...signals)
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; at += size) {
        if (every > 0) await clock.sleep(every, stop.signal)
        yield chunk.subarray(at, at + size)
      }
    }
  } finally {
    release(stop)
  }
}
