import { LostAnswer, unsettled, type Command, type LiveResponse } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'

/** How often it is sent. */
const ATTEMPTS = 3

/**
 * "Cancel Command", which only helps while it is PENDING. Where the answer is lost the command itself tells what became of it.
 * @throws CbcError remote: it isn't PENDING any more; not_found
 */
export async function cancelCommand(api: LiveResponse, sessionId: string, id: number, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.cancelCommand(sessionId, id, { signal })
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error
      const { status } = await state(api, sessionId, id, error, signal)
      if (status === 'CANCELLED') return
      if (status !== 'PENDING') throw new CbcError('remote', `cancel command: command ${id} is ${status}: only one that is PENDING can be cancelled`)
      if (attempt === ATTEMPTS) throw error.unmade
    }
  }
}

async function state(api: LiveResponse, sessionId: string, id: number, lost: LostAnswer, signal: AbortSignal): Promise<Command> {
  try {
    return await api.getCommand(sessionId, id, { signal })
  } catch (error) {
    if (signal.aborted) throw unsettled(lost, signal)
    throw error instanceof CbcError && error.code !== 'network' ? error : lost.with(lost.message, { hint: `\`cbc lr command get ${sessionId} ${id}\` tells` })
  }
}
