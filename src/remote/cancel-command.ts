import type { Command, LiveResponse } from '../api/live-response.ts'
import { MAX_RETRY_DELAY_MS } from '../api/retry.ts'
import { CbcError } from '../core/errors.ts'
import { sendUntilKnown, stillUnknown } from '../core/lost-answer.ts'
import type { Clock } from '../core/ports.ts'

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
  const command = await sendUntilKnown<Command>({
    async send() {
      await api.cancelCommand(sessionId, id, { signal })
      return await state().catch((error: unknown): Command => {
        signal.throwIfAborted()
        if (!(error instanceof CbcError)) throw error
        return { id, name: '', status: 'CANCELLED' }
      })
    },
    async find() {
      const found = await state()
      return found.status === 'PENDING' ? undefined : found
    },
    unseen: (why, lost) => (!signal.aborted && why instanceof CbcError && why.code !== 'network' ? why : stillUnknown(lost, signal)),
    again({ after, failureIfNotMade }, attempt) {
      if (attempt === MAX_CANCEL_ATTEMPTS) throw failureIfNotMade
      return Math.min(after, MAX_RETRY_DELAY_MS)
    },
    clock,
    signal,
  })
  return checkCancelled(command)
}

function checkCancelled(command: Command): Command {
  const { id, status } = command
  if (status !== 'CANCELLED')
    throw new CbcError('remote', `cancel command: command ${id} is ${status}: only a PENDING command can be cancelled`)
  return command
}
