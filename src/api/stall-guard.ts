import type { Clock } from '../core/ports.ts'
import { timer } from '../core/abort.ts'

/** How long a body may send nothing before it counts as stalled, milliseconds. */
const MAX_IDLE_MS = 60_000
/** The waiting time that each byte earns, milliseconds: a connection that stays below a hundred bytes a second is given up. */
const MS_PER_BYTE = 10

/**
 * Passes bytes on as they come, and gives up a body that stalls or trickles forever. Only the wait for bytes counts, not what is done with
 * them.
 * @param stall called when the body is given up; it must end the wait for it
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
