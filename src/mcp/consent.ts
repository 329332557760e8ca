import { CbcError } from '../core/errors.ts'
import type { Question } from '../core/question.ts'
import { shortened } from '../core/text/shorten.ts'
import { escapeLine } from '../ui/escape.ts'
import { questionLines } from '../ui/question.ts'
import type { Server } from './sdk.ts'

/** How long a person may take to answer, milliseconds: an endpoint's session ends after 15 idle minutes. */
const ANSWER_MS = 10 * 60_000
/** How many targets of a change are shown. */
const MAX_SHOWN = 20

/** A change that an assistant wants. */
export interface Wanted {
  /** The verb's whole name. */
  readonly verb: string
  /** Where: the device's name and id. */
  readonly where: string
  /** What it was given, as the assistant gave it. */
  readonly given: Readonly<Record<string, unknown>>
}

/** Asks the person at the client about changes ("Elicitation"). */
export class Consent {
  readonly #server: Server
  /** Aborted when the client can't answer any more. */
  readonly #gone: AbortSignal

  constructor(server: Server, gone: AbortSignal) {
    this.#server = server
    this.#gone = gone
  }

  /** @throws CbcError refused: the client can't show a question to a person */
  check(): void {
    if (this.#server.getClientCapabilities()?.elicitation?.form !== undefined) return
    throw new CbcError('refused', 'this client can not show a change to a person, who would have to agree to it', {
      hint: 'use a client that has elicitation, or make the change with cbc itself',
    })
  }

  /**
   * Shows what is about to be done, and asks for leave.
   * @param question the verb's own, with what it is about to change
   * @returns whether a person agreed
   * @throws the signal's reason
   */
  async ask({ verb, where, given }: Wanted, question: Question, signal: AbortSignal): Promise<boolean> {
    const { above, asked } = questionLines({ most: MAX_SHOWN, ...question })
    const wishes = Object.entries(given).map(([name, value]) => `  ${name}: ${escapeLine(shortened(JSON.stringify(value)))}\n`)
    const message = `An assistant wants to change ${escapeLine(where)}: ${verb}\n${wishes.join('')}\n${above}${asked}`
    const params = { mode: 'form' as const, message, requestedSchema: { type: 'object' as const, properties: {} } }
    const stop = AbortSignal.any([signal, this.#gone])
    const answer = await this.#server.elicitInput(params, { signal: stop, timeout: ANSWER_MS }).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new CbcError('refused', `${verb}: nobody agreed to it, nothing was done`, { cause: error })
    })
    return answer.action === 'accept'
  }
}
