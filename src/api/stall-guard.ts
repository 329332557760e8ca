import type { Clock } from '../core/ports.ts'
import { timer } from '../core/abort.ts'

/** Milliseconds without a byte after which an answer has stalled. */
const MAX_IDLE_MS = 60_000
/** Milliseconds of waiting that a byte earns: a line with less than a hundred bytes a second, on and on, is no line. */
const MS_PER_BYTE = 10

/**
 * Bytes as they come, as long as they do: a body that stalls, or drips for ever, is given up. Only waiting for bytes counts, not what is
 * done with them.
 * @param stall called when nothing is to be expected any more; it has to end the wait for the body
 */
export async function* guardAgainstStall(body: AsyncIterable<Uint8Array>, clock: Clock, stall: () => void): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let left = MAX_IDLE_MS
  try {
    for (;;) {
      const from = clock.monotonic()
      const stop = timer(clock, left, stall)
      const { value, done } = await chunks.next().finally(stop)
      if (done === true) return
      left = Math.min(MAX_IDLE_MS, left - (clock.monotonic() - from) + value.length * MS_PER_BYTE)
      yield value
    }
  } finally {
    await chunks.return?.()
  }
}
