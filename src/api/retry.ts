import { CbcError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { Call } from './call.ts'
import { BrokenAnswer, isUnsent, SlowError, StatusError } from './http-errors.ts'

/** The delay before the first retry, milliseconds; it doubles with each one. */
const FIRST_RETRY_DELAY_MS = 300
/** The same after a refusal for the rate, which needs more time to pass. */
const FIRST_RATE_LIMIT_DELAY_MS = 1000
/** The longest delay, whatever the service asks for, milliseconds. */
export const MAX_RETRY_DELAY_MS = 60_000

/** Statuses by which the service, or a gateway in front of it, says that nothing was done. */
const TOO_MANY_REQUESTS = 429
const TOO_EARLY = 425
/** Statuses that may pass: the next attempt may succeed. */
const TRANSIENT = [408, TOO_EARLY, TOO_MANY_REQUESTS, 500, 502, 503, 504]

/**
 * Whether a failed call can be repeated: one that reads, wherever the failure may pass; one that changes something, only where it is
 * certain that nothing was done; a removal, like a read, because nothing can be removed twice.
 */
export function isRetryable(failure: unknown, { effect }: Call): boolean {
  if (failure instanceof StatusError) return TRANSIENT.includes(failure.status) && (effect !== 'change' || isRefused(failure))
  if (isUnsent(failure)) return !('lasting' in failure && failure.lasting === true)
  if (effect === 'change') return false
  return failure instanceof BrokenAnswer || failure instanceof SlowError || (failure instanceof CbcError && failure.code === 'network')
}

/** Whether it is certain that a failed call was not carried out. */
export function isNotCarriedOut(failure: unknown): boolean {
  return isUnsent(failure) || (failure instanceof StatusError && failure.status < 500 && failure.status !== 408)
}

/** Whether the service says that there are too many requests, or that this one came too early: it has done nothing. */
export function isRefused(failure: unknown): boolean {
  return failure instanceof StatusError && (failure.status === TOO_MANY_REQUESTS || failure.status === TOO_EARLY)
}

/**
 * Returns the delay before a retry, milliseconds: as long as the service asks for, a minute at most; otherwise a little longer each time,
 * randomly up to twice as long, so that many clients don't return at the same moment.
 * @param attempt the number of the failed attempt, from 1
 */
export function retryDelay(failure: unknown, attempt: number, random: Pick<Random, 'below'>): number {
  const asked = failure instanceof StatusError ? failure.after : undefined
  if (asked !== undefined) return Math.min(asked, MAX_RETRY_DELAY_MS)
  const least = ((isRefused(failure) ? FIRST_RATE_LIMIT_DELAY_MS : FIRST_RETRY_DELAY_MS) * 2 ** (attempt - 1)) / 2
  return least + random.below(least + 1)
}

/**
 * Reads "Retry-After": seconds, or a date. A date is compared with that of the answer where it has one, because the clocks may differ.
 * @param now milliseconds since 1970
 * @returns milliseconds from now on; undefined where it can't be read
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = (headers['retry-after'] ?? '').trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const date = httpDate(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - (httpDate(headers['date'] ?? '') || now))
}

/**
 * Reads an HTTP date, which begins with the day of the week; `Date.parse` also accepts other texts (`-1`, `5 s`).
 * @returns milliseconds since 1970, or NaN
 */
function httpDate(text: string): number {
  return /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : NaN
}
