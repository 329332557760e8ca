import { CbcError } from '../core/errors.ts'
import type { ChangeOutcome } from '../core/case-record.ts'
import { SessionGone, SessionReplaced } from '../remote/command.ts'
import { InDoubt } from '../remote/in-doubt.ts'

/** Whether a failure leaves open whether a change was made on the endpoint. */
export function mayHaveChanged(failure: unknown): boolean {
  return failure instanceof InDoubt ? failure.isOpen : failure instanceof CbcError && failure.code === 'unknown_outcome'
}

/** How a change on the endpoint ended. @param failure of the command that was to make it */
export function changeOutcome(failure: unknown): ChangeOutcome {
  if (failure === undefined) return 'done'
  if (failure instanceof InDoubt && failure.doubt.state?.status === 'COMPLETE') return 'done'
  if (failure instanceof SessionGone) return failure.taken ? 'unknown' : 'failed'
  // What is no failure of a known kind says nothing.
  const isKnown = failure instanceof CbcError || failure instanceof SessionReplaced
  return isKnown && !mayHaveChanged(failure) ? 'failed' : 'unknown'
}

/** Failures that say nothing about whether what was begun was carried out. */
const INDEFINITE = ['network', 'timeout', 'interrupted', 'internal', 'io', 'unknown_outcome']

/** Whether work that failed leaves open whether all that it changed is what it meant to change. @param made a change was made, or may have been */
export function isInDoubt(error: CbcError, made: boolean): boolean {
  return mayHaveChanged(error) || (made && INDEFINITE.includes(error.code))
}

/** Whether the service refused because there are too many sessions or requests. */
export function isTooMany({ facts: { limit, http_status } }: CbcError): boolean {
  return limit === true || http_status === 429
}
