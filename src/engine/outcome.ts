import { CbcError } from '../core/errors.ts'
import { InDoubt } from '../remote/in-doubt.ts'

/** Whether a failure leaves open whether a change was made on the endpoint. */
export function mayHaveChanged(failure: unknown): boolean {
  return failure instanceof InDoubt ? failure.isOpen : failure instanceof CbcError && failure.code === 'unknown_outcome'
}
