import type { Clock } from '../../core/ports.ts'
import { linked } from '../cloud/linked.ts'
import { ConnectionDropped } from './connection-dropped.ts'

type Bytes = AsyncIterable<Uint8Array>

/** The first `count` bytes. */
export async function* first(bytes: Bytes, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  if (left === 0) return
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left)
    left -= Math.min(chunk.length, left)
    if (left === 0) return
  }
}

/** The first `count` bytes, then the connection is gone. */
export async function* cut(bytes: Bytes, count: number): AsyncGenerator<Uint8Array> {
  yield* first(bytes, count)
  throw new ConnectionDropped('the answer was cut short')
}

/**
 * The first `count` bytes, then nothing more until nobody waits any longer. No generator: one that waits can't be left.
 * @param signals whoever waits, and the lab
 */
export function stall(bytes: Bytes, count: number, signals: AbortSignal[]): AsyncIterableIterator<Uint8Array> {
  const head = first(bytes, count)
  const left = linked(...signals)
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const { value, done } = await head.next()
      if (done !== true) return { value, done: false }
      await new Promise<void>(resolve => {
        if (left.signal.aborted) resolve()
        left.signal.addEventListener('abort', () => resolve(), { once: true })
      })
      throw new ConnectionDropped('the answer was stalled')
    },
    async return() {
      left.abort()
      await head.return(undefined)
      return { value: undefined, done: true }
    },
  }
}

/** Pieces of a few bytes, with a pause before each. @param signals whoever waits, and the lab */
export async function* drip(
  bytes: Bytes,
  { bytes: size, every }: { bytes: number; every: number },
  clock: Clock,
  signals: AbortSignal[],
): AsyncGenerator<Uint8Array> {
  const left = linked(...signals)
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; at += size) {
        if (every > 0) await clock.sleep(every, left.signal)
        yield chunk.subarray(at, at + size)
      }
    }
  } finally {
    left.abort()
  }
}
