import { LostAnswer, unknownOutcomeError } from '../../api/http-errors.ts'
import { MAX_RETRY_DELAY_MS } from '../../api/retry.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'

type Needs = Pick<OrganizationContext, 'clock' | 'signal'>

/** How long a delayed request may take to reach the service before its effect is looked for, in milliseconds. */
const LATE_WITHIN_MS = 1000

/**
 * Makes a change that can only take effect once, such as an approval, a block of a policy, or fields set to given values. If the answer is
 * lost, it looks for the change and sends it once more if it is missing. That is safe: should the first request arrive after all, it finds
 * the change already made.
 * @param look finds the change; returns undefined if it was not made
 * @throws CbcError what `change` throws; unknown_outcome: the change can't be seen and may still be under way; network: the change was
 *   certainly not made
 */
export async function changeOrVerify<T>(
  change: () => Promise<T>,
  look: () => Promise<T | undefined>,
  needs: Needs,
  again = false,
): Promise<T> {
  try {
    return await change()
  } catch (error) {
    if (!isOutcomeLost(error)) throw error
    await waitUntilSettled(error, needs)
    const made = await look().catch(() => {
      throw stillUnknown(error, needs)
    })
    if (made !== undefined) return made
    if (again) throw provenFailure(error)
    return await changeOrVerify(change, look, needs, true)
  }
}

/**
 * Removes something. `removal` already repeats a request whose answer was lost, so here it only remains to look whether the thing is gone.
 * @throws CbcError as `changeOrVerify`
 */
export async function removeOrVerify(remove: () => Promise<void>, get: () => Promise<unknown>, needs: Needs): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!isOutcomeLost(error)) throw error
    await waitUntilSettled(error, needs)
    const there = await get().then(
      () => true,
      (why: unknown) => {
        if (why instanceof CbcError && why.code === 'not_found') return false
        throw stillUnknown(error, needs)
      },
    )
    if (there) throw provenFailure(error)
  }
}

/** Whether a change may or may not have been made. */
export function isOutcomeLost(error: unknown): error is CbcError {
  return error instanceof CbcError && error.code === 'unknown_outcome'
}

/** What is looked up before something is done that itself takes no permission to read; undefined where that is missing. */
export async function unlessForbidden<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (error instanceof CbcError && error.facts.http_status === 403) return undefined
    throw error
  }
}

/** Asks for additional facts. Returns undefined if the service refuses to give them. @throws CbcError network, timeout, interrupted */
export async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof CbcError && ['auth', 'not_found', 'remote'].includes(error.code)) return undefined
    throw error
  }
}

/**
 * Waits until a delayed request has certainly arrived, and for as long as the service asks.
 * @throws CbcError unknown_outcome, interrupted: no time is left to wait
 */
export async function waitUntilSettled(error: CbcError, needs: Needs): Promise<void> {
  const { clock, signal } = needs
  await clock
    .sleep(Math.min(MAX_RETRY_DELAY_MS, Math.max(LATE_WITHIN_MS, error instanceof LostAnswer ? error.after : 0)), signal)
    .catch(() => {
      throw stillUnknown(error, needs)
    })
}

function stillUnknown(error: CbcError, { signal }: Needs): CbcError {
  return signal.aborted ? unknownOutcomeError(error, signal) : error
}

/** The error to report for a change that was not found: if the service itself said that it failed, it was not made. */
export function provenFailure(error: CbcError): CbcError {
  return error instanceof LostAnswer && error.isOver ? error.unmade : error
}
