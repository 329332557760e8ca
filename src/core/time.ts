/** Times come as ISO 8601 strings or as epoch seconds or milliseconds: "Values as servers really send them". */
const MIN_EPOCH_MS = 100_000_000_000

/** Further from 1970 than this there are no dates, milliseconds. */
const MAX_DATE_MS = 8.64e15

/**
 * A time of the API as milliseconds since 1970, or undefined if it isn't one: 0 is how servers say that they don't know it, and 1e300 is no
 * date.
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

/** What most servers send is in its form already. */
const IN_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/**
 * A time of the API as ISO 8601 UTC: `2021-10-07T21:13:06Z`, with milliseconds only where there are some. 0 says nothing and is null; what
 * can't be read stays as it is.
 */
export function isoTime(value: unknown): unknown {
  if (typeof value === 'string' && IN_FORM.test(value)) return value
  const ms = parseTime(value)
  if (ms === undefined) return value === 0 || value === '0' ? null : (value ?? null)
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

/** How long ago something was: `5 min ago`, `3 h ago`, `12 days ago`. @param then, now milliseconds since 1970 */
export function ago(then: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - then) / 60_000))
  if (minutes < 120) return `${minutes} min ago`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} days ago`
}
