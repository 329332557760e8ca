import type { Command, CommandRequest, Session } from './live-response-types.ts'
import { isAnswerTo, nameOf } from './right-subject.ts'
import { checkSubject, malformedAnswer } from './wire-checks.ts'

/**
 * What was asked in sessions, so that each answer can be held against its question, whoever gets it: a session is of one device for good,
 * and a number of one command. An answer that belongs to something else, of a cache or a queue that is off by one, is a broken one.
 */
export class Questions {
  readonly #devices = new Map<string, number>()
  readonly #requests = new Map<string, Map<number, CommandRequest>>()

  /** @returns the session as it was answered @throws BrokenAnswer: it was another device's before */
  session(found: Session): Session {
    const device = this.#devices.get(found.id) ?? found.device_id
    checkSubject(found, { device_id: device })
    this.#devices.set(found.id, device)
    return found
  }

  /** @returns the command as it was answered to `request` @throws BrokenAnswer: it is another one */
  issued(sessionId: string, request: CommandRequest, found: Command): Command {
    answers(request, checkSubject(found, { session_id: sessionId }))
    const requests = this.#requests.get(sessionId) ?? new Map<number, CommandRequest>()
    this.#requests.set(sessionId, requests.set(found.id, request))
    return found
  }

  /** What was issued here under a number. */
  request(sessionId: string, id: number): CommandRequest | undefined {
    return this.#requests.get(sessionId)?.get(id)
  }

  /**
   * @param request what was issued under this number
   * @returns the command as its state was answered
   * @throws BrokenAnswer: it is another one
   */
  command(sessionId: string, id: number, found: Command, request?: CommandRequest): Command {
    checkSubject(found, { id, session_id: sessionId })
    if (request !== undefined) answers(request, found)
    return found
  }

  /** Its session is gone. */
  forget(sessionId: string): void {
    this.#devices.delete(sessionId)
    this.#requests.delete(sessionId)
  }
}

/** @throws BrokenAnswer: what a command says of itself is not what was asked for ("input" of "Issue Command") */
function answers(request: CommandRequest, found: Command): void {
  if (isAnswerTo(request, found)) return
  const name = nameOf(found)
  throw malformedAnswer(
    name === '' || name === request.name ? `is about another ${request.name}` : `is about "${name.slice(0, 40)}", not "${request.name}"`,
  )
}
