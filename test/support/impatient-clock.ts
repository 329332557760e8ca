import type { Clock } from '../../src/core/ports.ts'
import { clock } from '../../src/host/clock.ts'

/** The real clock, except for who looks again and again, as for a lock: five seconds pass between two looks. */
export function impatientClock(): Clock {
  let passed = 0
  return {
    ...clock,
    monotonic: () => passed,
    sleep: async (ms, signal) => (signal ? clock.sleep(ms, signal) : void (passed += 5000)),
  }
}
