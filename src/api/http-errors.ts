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
  /** Milliseconds. */
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

/** The documented body of an error. */
interface ErrorBody {
  message?: unknown
  error_code?: unknown
}

/**
 * What the failure of a call is for the user ("HTTP errors" in the reference; the document's status codes).
 * @param thrown StatusError, SlowError, or what the transport threw
 */
export function answerError(thrown: unknown, call: Call, host: string): CbcError {
  if (call.signal?.aborted && call.signal.reason instanceof CbcError) return call.signal.reason
  if (thrown instanceof SlowError) {
    return call.effect === 'change'
      ? unknownOutcome(call, `${host} did not answer in time`)
      : new CbcError('network', `${call.what}: ${host} did not answer in time`, { hint: 'try again, or check the network' })
  }
  if (thrown instanceof StatusError) return statusError(thrown, call, host)
  if (thrown instanceof CbcError) {
    const lost = thrown.code === 'network' && call.effect === 'change' && 'sent' in thrown && thrown.sent === true
    if (lost) return unknownOutcome(call, thrown.message)
    return thrown.code === 'network' && !thrown.message.startsWith(call.what) ? thrown.with(`${call.what}: ${thrown.message}`) : thrown
  }
  if (thrown instanceof Error && thrown.name === 'AbortError') return new CbcError('interrupted', 'interrupted')
  return new CbcError('network', `${call.what}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown })
}

function unknownOutcome(call: Call, why: string): CbcError {
  return new CbcError('unknown_outcome', `${call.what}: ${why}; it may or may not have happened`, { hint: 'look before you do it again' })
}

function statusError({ status, text }: StatusError, call: Call, host: string): CbcError {
  const body = parseBody(text)
  const said = typeof body?.message === 'string' && body.message.trim() !== '' ? body.message.trim() : undefined
  const fail = (code: CbcError['code'], why: string, hint?: string) => {
    const facts: ErrorFacts = { http_status: status }
    if (hint !== undefined) facts.hint = hint
    return new CbcError(code, `${call.what}: ${why}`, facts)
  }
  switch (status) {
    case 400: return fail('remote', said ?? 'the service takes the request for invalid')
    case 401: return fail('auth', 'the API key was not accepted', 'check token and organization of the profile')
    case 403: return fail('auth', said ?? 'forbidden', call.permission === undefined ? undefined : `needs the permission ${call.permission}, and Live Response enabled by policy and sensor`)
    case 404: return fail('not_found', said ?? 'not found')
    case 409: return fail('remote', said ?? 'in conflict with what is there')
    case 429: return fail('network', 'the service is refusing requests for their rate', 'wait a minute and try again')
    case 502:
    case 504:
      if (call.effect === 'change') return unknownOutcome(call, `${host} answered ${status}`)
      break
  }
  if (status >= 500) return fail('network', `${host} answered ${status}${said === undefined ? '' : ` (${said})`}`, 'the service has a problem; try again')
  return fail('network', `${host} answered ${status}, which is not expected`, 'check the URL of the profile')
}

function parseBody(text: string): ErrorBody | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body as ErrorBody : undefined
  } catch {
    return undefined
  }
}
