import { MAX_RETRY_DELAY_MS } from '../../api/retry.ts'
import { CbcError } from '../../core/errors.ts'
import { sendUntilKnown, type LostAnswer } from '../../core/lost-answer.ts'
import type { OrganizationContext } from '../define-organization.ts'

type Needs = Pick<OrganizationContext, 'clock' | 'signal'>

/** How long a delayed request may take to reach the service before its effect is looked for, in milliseconds. */
const LATE_WITHIN_MS = 1000
/** How often a change is sent. */
const MAX_CHANGE_ATTEMPTS = 2

/**
 * Makes a change that can only take effect once, such as an approval, a block of a policy, or fields set to given values. If the answer is
 * lost, it looks for the change and sends it once more if it is missing. That is safe: should the first request arrive after all, it finds
 * the change already made.
 * @param look finds the change; returns undefined if it was not made
 * @throws CbcError what `change` throws; unknown_outcome: the change can't be seen and may still be under way; network: the change was
 *   certainly not made
 */
export async function changeOrVerify<T>(change: () => Promise<T>, look: () => Promise<T | undefined>, needs: Needs): Promise<T> {
  return await sendUntilKnown({
    send: change,
    find: late(look, needs),
    again(lost, attempt) {
      if (attempt === MAX_CHANGE_ATTEMPTS) throw provenFailure(lost)
      return 0
    },
    ...needs,
  })
}

/**
 * Removes something. `removal` already repeats a request whose answer was lost, so here it only remains to look whether the thing is gone.
 * @throws CbcError as `changeOrVerify`
 */
export async function removeOrVerify(remove: () => Promise<void>, get: () => Promise<unknown>, needs: Needs): Promise<void> {
  const isGone = async () => {
    try {
      await get()
      return undefined
    } catch (error) {
      if (error instanceof CbcError && error.code === 'not_found') return true
      throw error
    }
  }
  await sendUntilKnown<true>({
    send: async () => {
      await remove()
      return true
    },
    find: late(isGone, needs),
    again(lost) {
      throw provenFailure(lost)
    },
    ...needs,
  })
}

/** Looks only when a delayed request has certainly arrived, and no sooner than the service asks. */
function late<T>(look: () => Promise<T>, { clock, signal }: Needs): (lost: LostAnswer) => Promise<T> {
  return async ({ after }) => {
    await clock.sleep(Math.min(MAX_RETRY_DELAY_MS, Math.max(LATE_WITHIN_MS, after)), signal)
    return await look()
  }
}

/** The error to report for a change that was not found: if the service itself said that it failed, it was not made. */
function provenFailure(lost: LostAnswer): CbcError {
  return lost.isOver ? lost.failureIfNotMade : lost
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
