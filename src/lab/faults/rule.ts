import { between, duration, fields, flag, InvalidSettings, object, oneOf, text, whole, type Check } from '../behaviour/checks.ts'

/** What is done to a request or to its answer: a delay, one other thing, or both. */
export interface Action {
  /** Milliseconds of real time before anything else. */
  delay?: number
  /** The request is answered with this status instead of being carried out; with `after`, it is carried out first. */
  status?: number
  headers?: Record<string, string>
  /** The body of that answer: text as it is, anything else as JSON; default: the documented body of an error. */
  body?: unknown
  /** The connection is dropped before or after the request was carried out. */
  drop?: 'before' | 'after'
  /** The answer ends after this many bytes of its body, though more were announced. */
  cut?: number
  /** Nothing more comes after this many bytes of the body, and the connection stays open. */
  stall?: number
  /** The body comes in pieces of `bytes` bytes, with a pause of `every` ms before each. */
  drip?: { bytes: number; every: number }
  /**
   * - `html`: a gateway's web page, status 200, instead of being carried out; with `after`, it is carried out first
   * - `json`: the first half of the answer, as if it were complete
   * - `length`: a Content-Length larger than the body
   */
  garbage?: 'html' | 'json' | 'length'
  /** With `status` and `garbage: html`: the request is carried out nevertheless. */
  after?: boolean
}

/** Which requests an action applies to. */
export interface FaultRule {
  /** For the log; default: the kind of action. */
  name: string
  /** `GET` …; absent: any. */
  method: string | undefined
  /** The path's pattern: `*` matches anything within a segment, `**` anything at all, `{a,b}` either one. */
  path: string
  /** The first matching request that it applies to, counted from 1. */
  nth: number
  /** How often it applies; default: once when `nth` is given, otherwise without limit. */
  times: number
  /** The probability that it then applies, 0 to 1. */
  probability: number
  do: Action
}

const status: Check<number> = (value, name) => {
  if (Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599) return value as number
  throw new InvalidSettings(`${name} must be a status from 200 to 599`)
}

const headers: Check<Record<string, string>> = (value, name) =>
  Object.fromEntries(Object.entries(object(value, name)).map(([header, given]) => [header, text(given, `${name}.${header}`)]))

const drip: Check<{ bytes: number; every: number }> = (value, name) => {
  const { bytes = 1, every = 100 } = fields<{ bytes: number; every: number }>({ bytes: whole(1), every: duration })(value, name)
  return { bytes, every }
}

const action = fields<Action>({
  delay: duration,
  status,
  headers,
  body: value => value,
  drop: oneOf('before', 'after'),
  cut: whole(0),
  stall: whole(0),
  drip,
  garbage: oneOf('html', 'json', 'length'),
  after: flag,
})

const rule = fields<FaultRule>({
  name: text,
  method: text,
  path: text,
  nth: whole(1),
  times: whole(1),
  probability: between(0, 1),
  do: action,
})

const KINDS = ['status', 'drop', 'cut', 'stall', 'drip', 'garbage'] as const

/**
 * Parses JSON: a rule or a list of rules.
 * @throws InvalidSettings
 */
export function parseFaults(json: unknown): FaultRule[] {
  return (Array.isArray(json) ? (json as unknown[]) : [json]).map((given, index) =>
    parseRule(given, Array.isArray(json) ? `rule ${index + 1}` : 'rule'),
  )
}

function parseRule(given: unknown, name: string): FaultRule {
  const { do: what, method, path = '**', nth, times = nth === undefined ? Infinity : 1, probability = 1, name: called } = rule(given, name)
  if (what === undefined) throw new InvalidSettings(`${name}.do is missing: it says what to do`)
  const kinds = KINDS.filter(kind => what[kind] !== undefined)
  if (kinds.length > 1) throw new InvalidSettings(`${name}.do has ${kinds.join(' and ')}, but only one of them can be used at a time`)
  if (kinds.length === 0 && what.delay === undefined) throw new InvalidSettings(`${name}.do needs one of ${KINDS.join(', ')} or delay`)
  if (what.after === true && what.status === undefined && what.garbage !== 'html')
    throw new InvalidSettings(`${name}.do.after is allowed only with status or with garbage "html"`)
  return { name: called ?? kinds[0] ?? 'delay', method: method?.toUpperCase(), path, nth: nth ?? 1, times, probability, do: what as Action }
}
