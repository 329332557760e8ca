import { LostAnswer, unknownOutcomeError, type Command, type LiveResponse } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'

/** How often the request is sent. */
const MAX_CANCEL_ATTEMPTS = 3

/**
 * Cancels a command ("Cancel Command"), which only works while it is PENDING. Whatever the answer is, the command's own state says what
 * became of it.
 * @returns the command; when it can't be looked at, what the answer to the cancellation implies
 * @throws CbcError remote: it is no longer PENDING; not_found
 */
export async function cancelCommand(api: LiveResponse, sessionId: string, id: number, signal: AbortSignal): Promise<Command> {
  for (let attempt = 1; ; attempt++) {
    try {
      await api.cancelCommand(sessionId, id, { signal })
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error
      const lost = await stateAfterLostAnswer(api, sessionId, id, error, signal)
      if (lost.status === 'PENDING' && attempt === MAX_CANCEL_ATTEMPTS) throw error.unmade
      if (lost.status === 'PENDING') continue
      return checkCancelled(lost)
    }
    return checkCancelled(
      await api.getCommand(sessionId, id, { signal }).catch((error: unknown): Command => {
        signal.throwIfAborted()
        if (!(error instanceof CbcError)) throw error
        return { id, name: '', status: 'CANCELLED' }
      }),
    )
  }
}

function checkCancelled(command: Command): Command {
  const { id, status } = command
  if (status !== 'CANCELLED')
    throw new CbcError('remote', `cancel command: command ${id} is ${status}: only a PENDING command can be cancelled`)
  return command
}

async function stateAfterLostAnswer(
  api: LiveResponse,
  sessionId: string,
  id: number,
  lost: LostAnswer,
  signal: AbortSignal,
): Promise<Command> {
  try {
    return await api.getCommand(sessionId, id, { signal })
  } catch (error) {
    if (signal.aborted) throw unknownOutcomeError(lost, signal)
    throw error instanceof CbcError && error.code !== 'network'
      ? error
      : lost.with(lost.message, { hint: `\`cbc lr command get ${sessionId} ${id}\` shows its state` })
  }
}
