import { CbcError } from '../core/errors.ts'
import { InDoubt } from '../remote/in-doubt.ts'

/** Whether a failure leaves open whether a change was made on the endpoint. */
export function mayHaveChanged(failure: unknown): boolean {
  return failure instanceof InDoubt ? failure.isOpen : failure instanceof CbcError && failure.code === 'unknown_outcome'
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
