import { DeadlineError } from '../core/abort.ts'
import { CbcError, type ErrorFacts } from '../core/errors.ts'
import { formatSize } from '../core/quantity.ts'
import { shortened } from '../core/text/shorten.ts'
import type { Call } from './call.ts'
import { forbidden } from './explain-403.ts'
import type { Credentials } from './credentials.ts'

/** An answer with a status that is no success, and its body as text. */
export class StatusError extends Error {
  readonly status: number
  readonly text: string
  /** Milliseconds that the service asks to wait ("Retry-After"). */
  readonly after: number | undefined
  constructor(status: number, text: string, after?: number) {
    super(`status ${status}`)
    this.status = status
    this.text = text
    this.after = after
  }
}

/** No answer in the time that the call has, or no more of it. */
export class SlowError extends Error {
  /** @param how of the service: `did not answer in time` */
  constructor(how = 'did not answer in time') {
    super(how)
  }
}

/** A good status with a body that is not what the document says. */
export class BrokenAnswer extends Error {
  readonly facts: ErrorFacts
  /** @param why in words: `the service's answer is …` */
  constructor(why: string, facts: ErrorFacts = {}) {
    super(why)
    this.facts = facts
  }
}

/** A change whose answer was lost: it may or may not have been made, until somebody finds out. */
export class LostAnswer extends CbcError {
  /** The same failure of a change that is proved not to have been made. */
  readonly unmade: CbcError
  /** The service itself answered that it failed: it is done with the request, nothing of it is still on its way. */
  readonly isOver: boolean
  /** Milliseconds that the service asks to wait. */
  readonly after: number
  constructor(unmade: CbcError, { isOver = false, after = 0 }: { isOver?: boolean; after?: number | undefined } = {}) {
    super('unknown_outcome', `${unmade.message}; it may or may not have happened`, { ...unmade.facts, hint: 'look before you do it again' })
    this.unmade = unmade
    this.isOver = isOver
    this.after = after
  }
}

/**
 * What a change whose answer was lost is where the work was given up before anybody found out: still of unknown outcome, and an
 * interruption says so too.
 * @param signal of the work, which was aborted
 */
export function unknownOutcomeError(lost: CbcError, { reason }: AbortSignal): CbcError {
  return reason instanceof CbcError && reason.code === 'interrupted'
    ? reason.with(`${reason.message}; ${lost.message}`, { ...lost.facts })
    : lost
}

/** Whether it is certain that the service never saw the request: only a transport that says so is. */
export function isUnsent(thrown: unknown): thrown is CbcError & { sent: false } {
  return thrown instanceof CbcError && thrown.code === 'network' && 'sent' in thrown && thrown.sent === false
}

type Caller = Pick<Credentials, 'what' | 'hint' | 'roles'>

/** What is known of a call that failed. */
interface Circumstances {
  /** Who called, for the words of a 401. */
  by?: Caller
  /** It may have been carried out though nobody was told. */
  mayHaveArrived?: boolean
}

/** The documented body of an error. */
interface ErrorBody {
  message?: unknown
  error_code?: unknown
}

/**
 * What the failure of a call is for the user ("HTTP errors" in the reference; the document's status codes).
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

/** Nobody waited for the answer any more, but the request was sent: of a change nobody knows then whether it was made. */
function givenUp(call: Call, signal: AbortSignal, reason: CbcError): CbcError {
  if (call.effect === 'read') return reason
  return reason instanceof DeadlineError
    ? new LostAnswer(reason)
    : unknownOutcomeError(lost(call, 'was sent, and nobody waited for the answer', {}), signal)
}

/** The request may have arrived, its answer did not: of a change nobody knows then whether it was made. */
function lost(call: Call, why: string, facts: ErrorFacts, more?: ConstructorParameters<typeof LostAnswer>[1]): CbcError {
  const failure = new CbcError('network', `${call.what}: ${why}`, facts)
  return call.effect === 'read' ? failure : new LostAnswer(failure, more)
}

function statusError({ status, text, after }: StatusError, call: Call, host: string, by?: Caller): CbcError {
  const said = messageOf(text)
  const fail = (code: CbcError['code'], why: string, hint?: string | ErrorFacts) =>
    new CbcError(code, `${call.what}: ${why}`, { http_status: status, ...(typeof hint === 'string' ? { hint } : hint) })
  switch (status) {
    case 400:
      return fail('remote', said ?? 'the service takes the request for invalid')
    case 401:
      return fail('auth', `${by?.what ?? 'who calls'} was not accepted`, by?.hint)
    case 403:
      return fail('auth', said ?? 'forbidden', forbidden(text, call, by?.roles === true))
    case 404:
      return fail('not_found', said ?? 'not found', missing(said ?? '', call))
    case 409:
      return fail('remote', said ?? 'in conflict with what is there')
    case 413:
      return fail(
        'remote',
        `${sizeOf(call)}is too large for the service, or for what stands before it; nothing was put`,
        'send it in smaller parts, or ask whoever runs the gateway for a higher limit',
      )
    case 429:
      return fail('network', 'the service is refusing requests for their rate', 'wait a minute and try again')
  }
  const answered = `${host} answered ${status}${said === undefined ? '' : ` (${said})`}`
  // A gateway that lost the service behind it, or patience: the request may have got through, and be on its way still. The service itself
  // is done with it.
  const isOver = ![408, 502, 504].includes(status)
  if (status >= 500 || status === 408)
    return lost(call, answered, { http_status: status, hint: 'the service has a problem; try again' }, { isOver, after })
  return fail('network', `${host} answered ${status}, which is not expected`, 'check the URL of the profile')
}

/** The size of what was sent, for a message. */
function sizeOf({ size }: Call): string {
  return size === undefined ? 'what was sent ' : `with ${formatSize(size)} it `
}

/** What to do where something isn't there. */
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
