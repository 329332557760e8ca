import type { Clock } from '../../core/ports.ts'
import { errorResponse, json } from '../cloud/http.ts'
import { linkedController, release } from '../cloud/linked.ts'
import { cut, drip, first, stall } from './broken-body.ts'
import { ConnectionDropped } from './connection-dropped.ts'
import type { Action } from './rule.ts'

export interface InjectTools {
  /** The real clock. */
  clock: Clock
  /** Aborted when the lab ends: nothing is delayed any longer. */
  closing: AbortSignal
}

/**
 * Answers a request with a fault.
 * @param carryOut carries out the request, and returns the proper answer
 * @throws ConnectionDropped when there is no answer
 */
export async function inject(
  action: Action,
  request: Request,
  carryOut: () => Promise<Response>,
  { clock, closing }: InjectTools,
): Promise<Response> {
  if (action.delay !== undefined) await pause(clock, action.delay, request.signal, closing)
  if (action.drop === 'before') throw new ConnectionDropped('the connection was dropped')
  const faked = action.status !== undefined || action.garbage === 'html'
  const response = faked && action.after !== true ? undefined : await carryOut()
  if (faked) {
    await response?.body?.cancel()
    return action.status === undefined ? gatewayPage() : fakeAnswer(action.status, action)
  }
  if (response === undefined) throw new ConnectionDropped('the connection was dropped')
  if (action.drop === 'after') {
    await response.body?.cancel()
    throw new ConnectionDropped('the connection was dropped')
  }
  return broken(action, response, clock, request.signal, closing)
}

/** Waits `ms` milliseconds, or until one of the signals aborts. */
export async function pause(clock: Clock, ms: number, ...signals: AbortSignal[]): Promise<void> {
  const stop = linkedController(...signals)
  await clock.sleep(ms, stop.signal).catch(() => undefined)
  release(stop)
}

function fakeAnswer(status: number, { body, headers = {} }: Action): Response {
  if (status === 204 || status === 205 || status === 304) return new Response(null, { status, headers })
  if (body === undefined) return errorResponse(status, 'A fault was asked for', headers)
  if (typeof body !== 'string') return json(status, body, headers)
  const type = body.trimStart().startsWith('<') ? 'text/html' : 'text/plain'
  return new Response(body, { status, headers: { 'content-type': type, ...headers } })
}

function gatewayPage(): Response {
  const page =
    '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1><p>Your session on this network has ended.</p></body></html>\n'
  return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}

async function broken(action: Action, response: Response, clock: Clock, client: AbortSignal, closing: AbortSignal): Promise<Response> {
  const { status, headers } = response
  const answer = (bytes: AsyncIterable<Uint8Array>, length?: number) => {
    const changed = new Headers(headers)
    if (length !== undefined) changed.set('content-length', String(length))
    return new Response(ReadableStream.from(bytes), { status: status === 204 ? 200 : status, headers: changed })
  }
  const { cut: cutAt, stall: stallAt, drip: dripping, garbage } = action
  if (garbage !== undefined) {
    const { bytes, size } = await measured(response)
    return garbage === 'json' ? answer(first(bytes, Math.floor(size / 2)), Math.floor(size / 2)) : answer(cut(bytes, Infinity), size + 10)
  }
  const bytes = bytesOf(response)
  if (cutAt !== undefined) return answer(cut(bytes, cutAt))
  if (stallAt !== undefined) return answer(stall(bytes, stallAt, [client, closing]))
  if (dripping !== undefined) return answer(drip(bytes, dripping, clock, [client, closing]))
  return response
}

/** Returns a body with its length, which must be known before the first byte is sent: as announced, or by reading it all when it isn't. */
async function measured(response: Response): Promise<{ bytes: AsyncIterable<Uint8Array>; size: number }> {
  const announced = response.headers.get('content-length')
  if (announced !== null) return { bytes: bytesOf(response), size: Number(announced) }
  const whole = new Uint8Array(await response.arrayBuffer())
  return { bytes: bytesOf(new Response(whole)), size: whole.length }
}

async function* bytesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* body
}
