import { CbcError, type ErrorFacts } from '../core/errors.ts'

/** One call of a document: what goes over the wire, and what it is in words. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the profile's URL; parts already encoded. */
  path: string
  query?: Record<string, string>
  body?: unknown
  /** Whether sending it twice could do something twice. */
  effect: 'read' | 'change'
  /** In words, for messages: `start session`. */
  what: string
  /** The permission that it needs, for the hint of a 403: `org.liveresponse.session CREATE`. */
  permission?: string
  /** Milliseconds that one exchange may take. */
  patience?: number
  signal?: AbortSignal
}

/** An answer with a status that is no success, and its body as text. */
export class StatusError extends Error {
  readonly status: number
  readonly text: string
  constructor(status: number, text: string) {
    super(`status ${status}`)
    this.status = status
    this.text = text
  }
}

/** No answer in the time that the call has. */
export class SlowError extends Error {}

/** A good status with a body that is not what the document says. */
export class BrokenAnswer extends Error {
  readonly facts: ErrorFacts
  /** @param why in words: `the service's answer is …` */
  constructor(why: string, facts: ErrorFacts = {}) {
    super(why)
    this.facts = facts
  }
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
export function answerError(thrown: unknown, call: Call, host: string): CbcError {
  if (call.signal?.aborted && call.signal.reason instanceof CbcError) return call.signal.reason
  if (thrown instanceof StatusError) return statusError(thrown, call, host)
  if (thrown instanceof BrokenAnswer) return lost(call, thrown.message, thrown.facts)
  if (thrown instanceof SlowError) return lost(call, `${host} did not answer in time`, { hint: 'try again, or check the network' })
  if (thrown instanceof CbcError) {
    if (thrown.code !== 'network') return thrown
    // Only a transport that says so is sure that the service never saw the request.
    const unsent = 'sent' in thrown && thrown.sent === false
    return unsent ? thrown.with(`${call.what}: ${thrown.message}`) : lost(call, thrown.message, thrown.facts)
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') return new CbcError('interrupted', 'interrupted')
  return new CbcError('network', `${call.what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown })
}

/** The request may have arrived, its answer did not: of a change nobody knows then whether it was made. */
function lost(call: Call, why: string, facts: ErrorFacts): CbcError {
  if (call.effect === 'read') return new CbcError('network', `${call.what}: ${why}`, facts)
  return new CbcError('unknown_outcome', `${call.what}: ${why}; it may or may not have happened`, { ...facts, hint: 'look before you do it again' })
}

/** One status for what may not be and for what is too much ("403 Live Response Not Enabled or Too Many Commands"): only the words tell. */
const TOO_MANY = /too[ _-]?many|(?:limit|maximum)\b[^"]*\b(?:reached|exceeded)/i

function statusError({ status, text }: StatusError, call: Call, host: string): CbcError {
  const said = messageOf(text)
  const fail = (code: CbcError['code'], why: string, hint?: string) =>
    new CbcError(code, `${call.what}: ${why}`, { http_status: status, ...(hint === undefined ? {} : { hint }), ...(status === 403 && TOO_MANY.test(text) ? { limit: true } : {}) })
  switch (status) {
    case 400: return fail('remote', said ?? 'the service takes the request for invalid')
    case 401: return fail('auth', 'the API key was not accepted', 'check token and organization of the profile')
    case 403: return fail('auth', said ?? 'forbidden', call.permission === undefined ? undefined : `needs the permission ${call.permission}, and Live Response enabled by policy and sensor`)
    case 404: return fail('not_found', said ?? 'not found')
    case 409: return fail('remote', said ?? 'in conflict with what is there')
    case 429: return fail('network', 'the service is refusing requests for their rate', 'wait a minute and try again')
    // A gateway that lost the service behind it: the request may have got through.
    case 502:
    case 504: return lost(call, `${host} answered ${status}`, { http_status: status, hint: 'the service has a problem; try again' })
  }
  if (status >= 500) return fail('network', `${host} answered ${status}${said === undefined ? '' : ` (${said})`}`, 'the service has a problem; try again')
  return fail('network', `${host} answered ${status}, which is not expected`, 'check the URL of the profile')
}

/** The documented `message`, where there is one. */
function messageOf(text: string): string | undefined {
  try {
    const message = (JSON.parse(text) as ErrorBody | null)?.message
    return typeof message === 'string' && message.trim() !== '' ? message.trim() : undefined
  } catch {
    return undefined
  }
}
