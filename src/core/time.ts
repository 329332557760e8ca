/** Times come as ISO 8601 strings or as epoch seconds or milliseconds: "Values as servers really send them". */
const MILLISECONDS_FROM = 100_000_000_000

/** A time of the API as milliseconds since 1970, or undefined if it isn't one. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? undefined : value >= MILLISECONDS_FROM ? value : value * 1000
  if (typeof value !== 'string' || value === '') return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return parseTime(Number(value))
  const parsed = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value}Z`)
  return Number.isNaN(parsed) ? undefined : parsed
}

/** What most servers send is in its form already. */
const IN_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

/** A time of the API as ISO 8601 UTC: `2021-10-07T21:13:06Z`, with milliseconds only where there are some. null stays null; what can't be read stays as it is. */
export function isoTime(value: unknown): unknown {
  if (typeof value === 'string' && IN_FORM.test(value)) return value
  const ms = parseTime(value)
  if (ms === undefined || Math.abs(ms) > 8.64e15) return value ?? null
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
