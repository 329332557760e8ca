import { CbcError } from './errors.ts'
import type { Clock } from './ports.ts'
import { retry } from './retry.ts'

/** A change whose answer was lost: it may or may not have been made, until somebody checks. */
export class LostAnswer extends CbcError {
  /** The failure to report once it is proved that the change was not made. */
  readonly failureIfNotMade: CbcError
  /** The service itself answered that it failed, so the request is no longer on its way. */
  readonly isOver: boolean
  /** The delay that the service asks for, milliseconds. */
  readonly after: number
  /** @param look the command that shows what the change has made: `cbc usb approval list` */
  constructor(
    failureIfNotMade: CbcError,
    { isOver = false, after = 0, look }: { isOver?: boolean; after?: number | undefined; look?: string | undefined } = {},
  ) {
    const hint = `look before you do it again${look === undefined ? '' : `: \`${look}\``}`
    super('unknown_outcome', `${failureIfNotMade.message}; it may or may not have happened`, { ...failureIfNotMade.facts, hint })
    this.failureIfNotMade = failureIfNotMade
    this.isOver = isOver
    this.after = after
  }
}

/**
 * The failure to report where the work was given up before anybody could check a change whose answer was lost: its outcome is still
 * unknown, and an interruption says so too.
 * @param signal of the work, which was aborted
 */
export function unknownOutcomeError(lost: CbcError, { reason }: AbortSignal): CbcError {
  return reason instanceof CbcError && reason.code === 'interrupted'
    ? reason.with(`${reason.message}; ${lost.message}`, { ...lost.facts })
    : lost
}

/** How a change is made, and how to see what became of it. */
export interface Change<T> {
  /** @param attempt its number, from 1 */
  send(attempt: number): Promise<T>
  /** Looks for what the change has made. @returns undefined: it was not made */
  find(lost: LostAnswer, attempt: number): Promise<T | undefined>
  /** The failure to report where `find` fails; default: that the outcome is unknown. */
  unseen?(why: unknown, lost: LostAnswer): unknown
  /** How long to wait before it is sent again once it is known that it was not made, milliseconds. @throws the failure to report instead */
  again(lost: LostAnswer, attempt: number): number
  clock: Pick<Clock, 'sleep'>
  signal: AbortSignal
}

/**
 * Makes a change that must not be made twice. Where its answer is lost, it looks for what the change has made, and sends it again only if
 * there is nothing: the one way in which anything is sent again whose outcome was unknown.
 * @throws what `send`, `unseen` and `again` throw
 */
export async function sendUntilKnown<T>({ send, find, unseen, again, clock, signal }: Change<T>): Promise<T> {
  return await retry(
    send,
    async (error, attempt) => {
      if (!(error instanceof LostAnswer)) throw error
      const found = await find(error, attempt).catch((why: unknown) => {
        throw unseen === undefined ? stillUnknown(error, signal) : unseen(why, error)
      })
      return found === undefined ? { retryIn: again(error, attempt) } : { result: found }
    },
    { clock, signal },
  )
}

/** The failure to report where it can't be seen what became of a change. */
export function stillUnknown(lost: LostAnswer, signal: AbortSignal): CbcError {
  return signal.aborted ? unknownOutcomeError(lost, signal) : lost
}
