import { formatDuration, formatSize } from '../core/quantity.ts'
import { STATES, type DeviceRecord, type DeviceState } from './journal.ts'

/** How many devices of a run are in which state, and what they sent home. */
export interface Counts extends Record<DeviceState, number> {
  all: number
  bytes: number
}

export function countStates(records: Iterable<DeviceRecord>): Counts {
  const counts = { ...(Object.fromEntries(STATES.map(state => [state, 0])) as Record<DeviceState, number>), all: 0, bytes: 0 }
  for (const { state, bytes = 0 } of records) {
    counts[state] += 1
    counts.all += 1
    counts.bytes += bytes
  }
  return counts
}

/** The last line of a run, section 3 of the contract. @param run its name; absent where nothing was recorded */
export function lastLine(counts: Counts, run: string | undefined): string {
  const { done, failed, unknown, all, bytes } = counts
  // One that is waited for is offline, too.
  const offline = counts.offline + counts.waiting
  const left = all - done - failed - offline - unknown
  const sums = `done ${done}, failed ${failed}, offline ${offline}, unknown ${unknown}, not begun ${left} of ${all}; ${formatSize(bytes)}`
  return run === undefined ? sums : `${sums}; run ${run}`
}

/** The line that shows a run while it goes on. */
export function statusLine({ done, failed, offline, unknown, running, waiting, all }: Counts): string {
  const parts = [`done ${done}`, `running ${running}`]
  for (const [name, count] of Object.entries({ failed, offline, unknown, waiting })) if (count > 0) parts.push(`${name} ${count}`)
  return `${parts.join(', ')} of ${all}`
}

/** How many devices have come to an end. */
export function endedOf({ done, failed, offline, unknown }: Counts): number {
  return done + failed + offline + unknown
}

/**
 * Says how fast a run is, and how long it takes yet: `8.3/s, 1 m 20 s left`; nothing while that isn't known.
 * @param before how many had come to an end, `ms` milliseconds ago
 */
export function paceOf(counts: Counts, before: number, ms: number): string {
  const rate = (endedOf(counts) - before) / Math.max(1, ms)
  if (rate <= 0) return ''
  const left = Math.ceil((counts['not begun'] + counts.running) / rate / 1000) * 1000
  return `${(rate * 1000).toFixed(1)}/s, ${formatDuration(left).replace('.0 s', ' s')} left`
}
