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
  let left = MAX_IDLE_MS
  // Since when bytes are waited for.
  let from: number | undefined
  let stop = () => {}
  const waited = () => (from === undefined ? 0 : clock.monotonic() - from)
  // One timer for many chunks: when it ends, it is set again for what is left by then, which never becomes less but by waiting.
  const watch = () => {
    const rest = left - waited()
    if (rest <= 0) stall()
    else stop = timer(clock, rest, watch)
  }
  watch()
  try {
    from = clock.monotonic()
    for await (const chunk of body) {
      left = Math.min(MAX_IDLE_MS, left - waited() + chunk.length * MS_PER_BYTE)
      from = undefined
      yield chunk
      from = clock.monotonic()
    }
  } finally {
    stop()
  }
}
