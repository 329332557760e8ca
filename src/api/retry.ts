import { CbcError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { Call } from './call.ts'
import { BrokenAnswer, isUnsent, SlowError, StatusError } from './http-errors.ts'

/** Rests before the second attempt, the third …: twice as long each time, milliseconds. */
const FIRST_RETRY_DELAY_MS = 300
/** The same after a refusal for the rate: what was too much is less from now on. */
const FIRST_RATE_LIMIT_DELAY_MS = 1000
/** Longest rest, whatever the service asks for, milliseconds. */
const MAX_RETRY_DELAY_MS = 60_000

/** Refused, without anything having been done, as the service or what stands before it says. */
const TOO_MANY_REQUESTS = 429
const TOO_EARLY = 425
/** Of these the next attempt may have better luck. */
const PASSING = [408, TOO_EARLY, TOO_MANY_REQUESTS, 500, 502, 503, 504]

/**
 * Whether a call that failed can be sent again: one that reads always where the failure may pass; one that changes something only where it
 * is certain that nothing was done; one that removes something too, because what is gone can't be removed twice.
 */
export function isRetryable(failure: unknown, { effect }: Call): boolean {
  if (failure instanceof StatusError) return PASSING.includes(failure.status) && (effect !== 'change' || isRefused(failure))
  if (isUnsent(failure)) return !('lasting' in failure && failure.lasting === true)
  if (effect === 'change') return false
  return failure instanceof BrokenAnswer || failure instanceof SlowError || (failure instanceof CbcError && failure.code === 'network')
}

/** Whether nothing of a failed call can have been carried out. */
export function isNotCarriedOut(failure: unknown): boolean {
  return isUnsent(failure) || (failure instanceof StatusError && failure.status < 500 && failure.status !== 408)
}

/** Whether the service says that there are too many requests, or that this one came too early: it has done nothing. */
export function isRefused(failure: unknown): boolean {
  return failure instanceof StatusError && (failure.status === TOO_MANY_REQUESTS || failure.status === TOO_EARLY)
}

/**
 * How long to rest before a call goes again, milliseconds: as long as the service asks for, a minute at most, or a little longer each time,
 * by chance up to twice as long, so that many clients don't come back at the same moment.
 * @param attempt the number of the one that failed, from 1
 */
export function retryDelay(failure: unknown, attempt: number, random: Pick<Random, 'below'>): number {
  const asked = failure instanceof StatusError ? failure.after : undefined
  if (asked !== undefined) return Math.min(asked, MAX_RETRY_DELAY_MS)
  const least = ((isRefused(failure) ? FIRST_RATE_LIMIT_DELAY_MS : FIRST_RETRY_DELAY_MS) * 2 ** (attempt - 1)) / 2
  return least + random.below(least + 1)
}

/**
 * "Retry-After": seconds, or a date, which is compared with that of the answer where it has one: the clocks here and there may differ.
 * @param now milliseconds since 1970
 * @returns milliseconds from now on; undefined where it says nothing that can be understood
 */
export function retryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = (headers['retry-after'] ?? '').trim()
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const date = httpDate(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - (httpDate(headers['date'] ?? '') || now))
}

/**
 * A date of HTTP begins with the day of the week; what Date takes besides (`-1`, `5 s`) is none.
 * @returns milliseconds since 1970, or NaN
 */
function httpDate(text: string): number {
  return /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : NaN
}
