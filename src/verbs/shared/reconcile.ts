import { LostAnswer, unsettled } from '../../api/http-errors.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'

type Needs = Pick<OrganizationContext, 'clock' | 'signal'>

/** What is late by less than this has arrived when it is looked for, milliseconds. */
const LATE_WITHIN_MS = 1000
/** Longest rest, whatever the service asks for, milliseconds. */
const MAX_RETRY_DELAY_MS = 60_000

/**
 * Makes a change that can be there once: an approval of its devices, a block of its policy, fields as they are to be. Where its answer was
 * lost, looks whether it was made, and sends it
 * once more where it wasn't: should the first one arrive after all, it finds what it would make.
 * @param look what was made; undefined: it isn't there
 * @throws CbcError what `change` throws; unknown_outcome: it can't be seen, and may still be on its way; network: it is proved not to
 *   have been made
 */
export async function orFoundOut<T>(change: () => Promise<T>, look: () => Promise<T | undefined>, needs: Needs, again = false): Promise<T> {
  try {
    return await change()
  } catch (error) {
    if (!isLost(error)) throw error
    await settled(error, needs)
    const made = await look().catch(() => {
      throw stillUnknown(error, needs)
    })
    if (made !== undefined) return made
    if (again) throw proved(error)
    return await orFoundOut(change, look, needs, true)
  }
}

/**
 * Removes something. It went out again already where its answer was lost (`removal`); in the end it is gone where it can't be got any more.
 * @throws CbcError as `orFoundOut`
 */
export async function orGone(remove: () => Promise<void>, get: () => Promise<unknown>, needs: Needs): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!isLost(error)) throw error
    await settled(error, needs)
    const there = await get().then(
      () => true,
      (why: unknown) => {
        if (why instanceof CbcError && why.code === 'not_found') return false
        throw stillUnknown(error, needs)
      },
    )
    if (there) throw proved(error)
  }
}

/** Whether a change may or may not have been made. */
export function isLost(error: unknown): error is CbcError {
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

/** What is only asked for to tell more: what the service refuses stays unknown. @throws CbcError network, timeout, interrupted */
export async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof CbcError && ['auth', 'not_found', 'remote'].includes(error.code)) return undefined
    throw error
  }
}

/**
 * Waits until what was late has arrived, and for as long as the service asks for.
 * @throws CbcError unknown_outcome, interrupted: there is no time for it
 */
export async function settled(error: CbcError, needs: Needs): Promise<void> {
  const { clock, signal } = needs
  await clock
    .sleep(Math.min(MAX_RETRY_DELAY_MS, Math.max(LATE_WITHIN_MS, error instanceof LostAnswer ? error.after : 0)), signal)
    .catch(() => {
      throw stillUnknown(error, needs)
    })
}

function stillUnknown(error: CbcError, { signal }: Needs): CbcError {
  return signal.aborted ? unsettled(error, signal) : error
}

/** What it is when the change can't be seen: where the service itself said that it failed, it was not made. */
export function proved(error: CbcError): CbcError {
  return error instanceof LostAnswer && error.isOver ? error.unmade : error
}
