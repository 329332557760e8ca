import type { Command, CommandRequest, Session } from './live-response-types.ts'
import { isAnswerTo, nameOf } from './answer-subject.ts'
import { checkSubject, malformedAnswer } from './wire-checks.ts'

/**
 * Remembers what was asked in sessions, to check each answer against it: a session always belongs to one device, and a number to one
 * command. An answer that belongs to something else, from a cache or a queue that is off by one, is rejected.
 */
export class SentRequests {
  readonly #devices = new Map<string, number>()
  readonly #requests = new Map<string, Map<number, CommandRequest>>()

  /** Checks a session. @returns it @throws BrokenAnswer: it belonged to another device before */
  session(found: Session): Session {
    const device = this.#devices.get(found.id) ?? found.device_id
    checkSubject(found, { device_id: device })
    this.#devices.set(found.id, device)
    return found
  }

  /** Checks and remembers an issued command. @returns it @throws BrokenAnswer: it is another one */
  issued(sessionId: string, request: CommandRequest, found: Command): Command {
    checkAnswer(request, checkSubject(found, { session_id: sessionId }))
    const requests = this.#requests.get(sessionId) ?? new Map<number, CommandRequest>()
    this.#requests.set(sessionId, requests.set(found.id, request))
    return found
  }

  /** The request that was issued here under a number. */
  request(sessionId: string, id: number): CommandRequest | undefined {
    return this.#requests.get(sessionId)?.get(id)
  }

  /**
   * Checks a command's status.
   * @param request the request with this number
   * @returns the command
   * @throws BrokenAnswer: it is another one
   */
  command(sessionId: string, id: number, found: Command, request?: CommandRequest): Command {
    checkSubject(found, { id, session_id: sessionId })
    if (request !== undefined) checkAnswer(request, found)
    return found
  }

  /** Forgets a session that is closed. */
  forget(sessionId: string): void {
    this.#devices.delete(sessionId)
    this.#requests.delete(sessionId)
  }
}

/** @throws BrokenAnswer: the command says that it is not the one requested ("input" of "Issue Command") */
function checkAnswer(request: CommandRequest, found: Command): void {
  if (isAnswerTo(request, found)) return
  const name = nameOf(found)
  throw malformedAnswer(
    name === '' || name === request.name ? `is about another ${request.name}` : `is about "${name.slice(0, 40)}", not "${request.name}"`,
  )
}
