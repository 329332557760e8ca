import { LostAnswer, unsettled, type Command, type LiveResponse } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'

/** How often it is sent. */
const MAX_CANCEL_ATTEMPTS = 3

/**
 * "Cancel Command", which only helps while it is PENDING. Whatever the answer is, the command itself tells what became of it.
 * @returns the command; where it may not be looked at, what the answer said of it
 * @throws CbcError remote: it isn't PENDING any more; not_found
 */
export async function cancelCommand(api: LiveResponse, sessionId: string, id: number, signal: AbortSignal): Promise<Command> {
  for (let attempt = 1; ; attempt++) {
    try {
      await api.cancelCommand(sessionId, id, { signal })
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error
      const lost = await state(api, sessionId, id, error, signal)
      if (lost.status === 'PENDING' && attempt === MAX_CANCEL_ATTEMPTS) throw error.unmade
      if (lost.status === 'PENDING') continue
      return checked(lost)
    }
    return checked(
      await api.getCommand(sessionId, id, { signal }).catch((error: unknown): Command => {
        signal.throwIfAborted()
        if (!(error instanceof CbcError)) throw error
        return { id, name: '', status: 'CANCELLED' }
      }),
    )
  }
}

function checked(command: Command): Command {
  const { id, status } = command
  if (status !== 'CANCELLED')
    throw new CbcError('remote', `cancel command: command ${id} is ${status}: only one that is PENDING can be cancelled`)
  return command
}

async function state(api: LiveResponse, sessionId: string, id: number, lost: LostAnswer, signal: AbortSignal): Promise<Command> {
  try {
    return await api.getCommand(sessionId, id, { signal })
  } catch (error) {
    if (signal.aborted) throw unsettled(lost, signal)
    throw error instanceof CbcError && error.code !== 'network'
      ? error
      : lost.with(lost.message, { hint: `\`cbc lr command get ${sessionId} ${id}\` tells` })
  }
}
