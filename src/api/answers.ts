import { CbcError } from '../core/errors.ts'
import type { WireResponse } from '../core/ports.ts'
import { answerError, BrokenAnswer, type Call } from './http-errors.ts'

/** A JSON answer of more than this is garbage or an attack, bytes. */
const LARGEST_ANSWER = 256 * 1024 * 1024

/**
 * The body of a JSON answer, undefined where there is none (204).
 * @throws BrokenAnswer: it is something else
 */
export async function readJson<T>(response: WireResponse): Promise<T | undefined> {
  const text = await readText(response)
  if (text === '') return undefined
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw notJson(text, response.status, cause)
  }
}

function notJson(text: string, status: number, cause: unknown): BrokenAnswer {
  return /^\s*</.test(text)
    ? new BrokenAnswer('the service\'s answer is a web page', { http_status: status, hint: 'a proxy or login page may be in between: check the URL of the profile', cause })
    : new BrokenAnswer('the service\'s answer is not JSON', { http_status: status, hint: 'try again', cause })
}

/** A whole body as text. */
export async function readText({ body }: WireResponse): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > LARGEST_ANSWER) throw new CbcError('network', 'the service\'s answer does not end')
    parts.push(part)
  }
  return Buffer.concat(parts, size).toString('utf8')
}

/** Raw content as it comes; a connection that breaks meanwhile is an error of the call. */
export async function* contentOf({ body }: WireResponse, call: Call, host: string): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw answerError(error, call, host)
  }
}

/** Bytes that the answer announces, or undefined. */
export function announcedSize({ headers }: WireResponse): number | undefined {
  const text = headers['content-length'] ?? ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** Lets go of an answer whose body nobody wants. */
export async function discard({ body }: WireResponse): Promise<void> {
  for await (const _ of body) break
}

/**
 * Where a redirect leads.
 * @throws CbcError network: nowhere, or from https to http
 */
export function redirection({ headers }: WireResponse, from: URL, { what }: Call): URL {
  const location = headers['location'] ?? ''
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (next === undefined || !/^https?:$/.test(next.protocol)) throw new CbcError('network', `${what}: the service redirected to a place that is no URL`)
  if (from.protocol === 'https:' && next.protocol !== 'https:') throw new CbcError('network', `${what}: the service redirected from https to http, which is refused`)
  return next
}
