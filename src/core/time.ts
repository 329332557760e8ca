/**
 * Times come as ISO 8601 strings, or as epoch seconds or milliseconds ("Values as servers really send them"). Larger numbers than this are
 * milliseconds.
 */
const MIN_EPOCH_MS = 100_000_000_000

/** The largest distance of a date from 1970, milliseconds. */
const MAX_DATE_MS = 8.64e15

/**
 * Reads a time of the API as milliseconds since 1970.
 * @returns undefined where it is not one: servers send 0 for an unknown time, and 1e300 is not a date
 */
export function parseTime(value: unknown): number | undefined {
  const given = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  const ms = typeof given === 'number' ? fromEpoch(given) : typeof given === 'string' ? fromText(given) : NaN
  return Math.abs(ms) <= MAX_DATE_MS ? ms : undefined
}

function fromEpoch(time: number): number {
  if (time === 0) return NaN
  return time >= MIN_EPOCH_MS ? time : time * 1000
}

function fromText(text: string): number {
  return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`)
}

/** The form that most servers send, which is the wanted one. */
const IN_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/**
 * Writes a time of the API as ISO 8601 UTC: `2021-10-07T21:13:06Z`, with milliseconds only where there are any. 0 means unknown and becomes
 * null; a text that can't be read stays as it is.
 */
export function isoTime(value: unknown): unknown {
  if (typeof value === 'string' && IN_FORM.test(value)) return value
  const ms = parseTime(value)
  if (ms === undefined) return value === 0 || value === '0' ? null : (value ?? null)
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** The units of relative times, milliseconds. */
const UNITS: readonly [string, number][] = [
  ['y', 365.25 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
]

/** Writes a time relative to now: `3 h ago`, `in 5 min`, `now`. @param then, now milliseconds since 1970 */
export function relativeTime(then: number, now: number): string {
  const distance = Math.abs(now - then)
  const unit = UNITS.find(([, length]) => distance >= length)
  if (unit === undefined) return 'now'
  const [name, length] = unit
  const amount = `${Math.floor(distance / length)} ${name}`
  return then < now ? `${amount} ago` : `in ${amount}`
}
