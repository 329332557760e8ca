import { DeadlineError } from '../core/abort.ts'
import { CbcError, type ErrorFacts } from '../core/errors.ts'
import { LostAnswer, unknownOutcomeError } from '../core/lost-answer.ts'
import { formatSize } from '../core/quantity.ts'
import { shortened } from '../core/text/shorten.ts'
import type { Call } from './call.ts'
import { forbidden } from './explain-403.ts'
import type { Credentials } from './credentials.ts'

/** An answer with an error status, and its body as text. */
export class StatusError extends Error {
  readonly status: number
  readonly text: string
  /** The delay that the service asks for, milliseconds ("Retry-After"). */
  readonly after: number | undefined
  constructor(status: number, text: string, after?: number) {
    super(`status ${status}`)
    this.status = status
    this.text = text
    this.after = after
  }
}

/** The answer, or the rest of it, did not come within the call's time limit. */
export class SlowError extends Error {
  /** @param how what the service did: `did not answer in time` */
  constructor(how = 'did not answer in time') {
    super(how)
  }
}

/** A successful status with a body that is not as documented. */
export class BrokenAnswer extends Error {
  readonly facts: ErrorFacts
  /** @param why in words: `the service's answer is …` */
  constructor(why: string, facts: ErrorFacts = {}) {
    super(why)
    this.facts = facts
  }
}

/** Whether it is certain that the service never received the request: only where the transport says so. */
export function isUnsent(thrown: unknown): thrown is CbcError & { sent: false } {
  return thrown instanceof CbcError && thrown.code === 'network' && 'sent' in thrown && thrown.sent === false
}

type Caller = Pick<Credentials, 'what' | 'hint' | 'roles'>

/** Further facts about a failed call. */
interface Circumstances {
  /** The credentials that were used, for the message of a 401. */
  by?: Caller
  /** It may have been carried out, though no answer came. */
  mayHaveArrived?: boolean
}

/** The documented body of an error. */
interface ErrorBody {
  message?: unknown
  error_code?: unknown
}

/**
 * Turns the failure of a call into one for the user ("HTTP errors" in the reference; the document's status codes).
 * @param thrown StatusError, SlowError, BrokenAnswer, or what the transport threw
 */
export function answerError(thrown: unknown, call: Call, host: string, { by, mayHaveArrived = false }: Circumstances = {}): CbcError {
  const { signal } = call
  if (signal?.aborted && signal.reason instanceof CbcError) return mayHaveArrived ? givenUp(call, signal, signal.reason) : signal.reason
  if (thrown instanceof StatusError) return statusError(thrown, call, host, by)
  if (thrown instanceof BrokenAnswer) return lost(call, thrown.message, thrown.facts)
  if (thrown instanceof SlowError) return lost(call, `${host} ${thrown.message}`, { hint: 'try again, or check the network' })
  if (isUnsent(thrown)) return thrown.with(`${call.what}: ${thrown.message}`)
  if (thrown instanceof CbcError) return thrown.code === 'network' ? lost(call, thrown.message, thrown.facts) : thrown
  if (thrown instanceof Error && thrown.name === 'AbortError') return new CbcError('interrupted', 'interrupted')
  return lost(call, thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
}

/** The failure of a call that was given up after it was sent: the outcome of a change is unknown. */
function givenUp(call: Call, signal: AbortSignal, reason: CbcError): CbcError {
  if (call.effect === 'read') return reason
  return reason instanceof DeadlineError
    ? new LostAnswer(reason, { look: placeOf(call) })
    : unknownOutcomeError(lost(call, 'was sent, but given up before the answer came', {}), signal)
}

/** The failure of a call without a usable answer: the request may have arrived, so the outcome of a change is unknown. */
function lost(call: Call, why: string, facts: ErrorFacts, more?: ConstructorParameters<typeof LostAnswer>[1]): CbcError {
  const failure = new CbcError('network', `${call.what}: ${why}`, facts)
  return call.effect === 'read' ? failure : new LostAnswer(failure, { look: placeOf(call), ...more })
}

/** The command that shows what a change has made. */
function placeOf({ look, list }: Call): string | undefined {
  return look ?? list
}

function statusError({ status, text, after }: StatusError, call: Call, host: string, by?: Caller): CbcError {
  const said = messageOf(text)
  const fail = (code: CbcError['code'], why: string, hint?: string | ErrorFacts) =>
    new CbcError(code, `${call.what}: ${why}`, { http_status: status, ...(typeof hint === 'string' ? { hint } : hint) })
  switch (status) {
    case 400:
      return fail('remote', said ?? 'the service considers the request invalid')
    case 401:
      return fail('auth', `${by?.what ?? 'the caller'} was not accepted`, by?.hint)
    case 403:
      return fail('auth', said ?? 'forbidden', forbidden(text, call, by?.roles === true))
    case 404:
      return fail('not_found', said ?? 'not found', missing(said ?? '', call))
    case 409:
      return fail('remote', said ?? 'in conflict with the current state')
    case 413:
      return fail(
        'remote',
        `${sizeOf(call)}is too large for the service, or for a gateway in front of it; nothing was put`,
        "send it in smaller parts, or ask the gateway's administrator for a higher limit",
      )
    case 429:
      return fail('network', 'the service refuses requests because there are too many of them', 'wait a minute and try again')
  }
  const answered = `${host} answered ${status}${said === undefined ? '' : ` (${said})`}`
  // A gateway that lost the service behind it, or gave it up, may have passed the request on, and it may still be on its way. The service
  // itself has finished with it.
  const isOver = ![408, 502, 504].includes(status)
  if (status >= 500 || status === 408)
    return lost(call, answered, { http_status: status, hint: 'the service has a problem; try again' }, { isOver, after })
  return fail('network', `${host} answered ${status}, which is unexpected`, 'check the URL of the profile')
}

/** The size of the request, for a message. */
function sizeOf({ size }: Call): string {
  return size === undefined ? 'what was sent ' : `with ${formatSize(size)} it `
}

/** The hint for something that does not exist. */
function missing(said: string, { list }: Call): string | undefined {
  if (/\borg(?:anization)?\b/i.test(said))
    return 'check the organization key of the profile: `cbc config get` shows it, `cbc config set org_key KEY` changes it'
  return list === undefined ? undefined : `\`${list}\` shows what there is`
}

/** The documented `message`, where there is one. */
function messageOf(text: string): string | undefined {
  try {
    const message = (JSON.parse(text) as ErrorBody | null)?.message
    return typeof message === 'string' && message.trim() !== '' ? shortened(message.trim()) : undefined
  } catch {
    return undefined
  }
}
