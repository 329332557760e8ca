import { LostAnswer, unknownOutcomeError, type Command, type LiveResponse } from '../api/live-response.ts'
import { MAX_RETRY_DELAY_MS } from '../api/retry.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { retry, type AfterFailure } from '../core/retry.ts'

/** How often the request is sent. */
const MAX_CANCEL_ATTEMPTS = 3

/**
 * Cancels a command ("Cancel Command"), which only works while it is PENDING. Whatever the answer is, the command's own state says what
 * became of it.
 * @returns the command; when it can't be looked at, what the answer to the cancellation implies
 * @throws CbcError remote: it is no longer PENDING; not_found
 */
export async function cancelCommand(
  api: LiveResponse,
  sessionId: string,
  id: number,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Command> {
  const state = () => api.getCommand(sessionId, id, { signal })
  const cancel = async (): Promise<Command> => {
    await api.cancelCommand(sessionId, id, { signal })
    return await state().catch((error: unknown): Command => {
      signal.throwIfAborted()
      if (!(error instanceof CbcError)) throw error
      return { id, name: '', status: 'CANCELLED' }
    })
  }
  const judge = async (error: unknown, attempt: number): Promise<AfterFailure<Command>> => {
    if (!(error instanceof LostAnswer)) throw error
    const found = await state().catch((why: unknown) => {
      throw signal.aborted ? unknownOutcomeError(error, signal) : unseen(why, error, sessionId, id)
    })
    if (found.status !== 'PENDING') return { result: found }
    if (attempt === MAX_CANCEL_ATTEMPTS) throw error.unmade
    return { retryIn: Math.min(error.after, MAX_RETRY_DELAY_MS) }
  }
  return checkCancelled(await retry(cancel, judge, { clock, signal }))
}

function checkCancelled(command: Command): Command {
  const { id, status } = command
  if (status !== 'CANCELLED')
    throw new CbcError('remote', `cancel command: command ${id} is ${status}: only a PENDING command can be cancelled`)
  return command
}

/** The failure of a cancellation whose answer was lost, and whose command can't be looked at. */
function unseen(why: unknown, lost: LostAnswer, sessionId: string, id: number): unknown {
  return why instanceof CbcError && why.code !== 'network'
    ? why
    : lost.with(lost.message, { hint: `\`cbc lr command get ${sessionId} ${id}\` shows its state` })
}
