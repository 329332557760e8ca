import { CbcError } from '../core/errors.ts'
import type { Linked } from '../core/abort.ts'
import type { Clock, WireResponse } from '../core/ports.ts'
import { redacted } from './credentials.ts'
import { guardAgainstStall } from './stall-guard.ts'
import type { Call } from './call.ts'
import { answerError, BrokenAnswer, SlowError } from './http-errors.ts'

/** The largest JSON answer, bytes: a larger one is garbage or an attack. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** Decodes a whole answer at once, which takes a fraction of the time that decoding part by part does. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The deepest nesting of a JSON answer: documented ones have five levels. */
const MAX_ANSWER_DEPTH = 100

/**
 * Reads the body of a JSON answer, undefined where it is empty (204).
 * @param secrets texts that must not be shown, not even as part of an answer
 * @throws BrokenAnswer: it is not JSON
 */
export async function readJson(response: WireResponse, secrets: readonly string[] = []): Promise<unknown> {
  const text = redacted(await readText(response), secrets)
  if (text === '') return undefined
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw notJson(text, response.status, cause)
  }
  if (isHostile(answer)) throw new BrokenAnswer("the service's answer is not the documented object", { http_status: response.status })
  return answer
}

/** Whether an answer would crash code that walks or prints it: endless nesting, or a `toString` that is not a function. */
function isHostile(value: unknown, levels = MAX_ANSWER_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0 || Object.hasOwn(value, 'toString')) return true
  if (Array.isArray(value)) return value.some(item => isHostile(item, levels - 1))
  // An answer can have a million values: no list of them is made.
  for (const key in value) if (isHostile((value as Record<string, unknown>)[key], levels - 1)) return true
  return false
}

function notJson(text: string, status: number, cause: unknown): BrokenAnswer {
  return /^\s*</.test(text)
    ? new BrokenAnswer("the service's answer is a web page", {
        http_status: status,
        hint: 'a proxy or login page may be in between: check the URL of the profile',
        cause,
      })
    : new BrokenAnswer("the service's answer is not JSON", { http_status: status, hint: 'try again', cause })
}

/** Reads a whole body as text. @throws BrokenAnswer: it is larger than any answer */
export async function readText({ body }: WireResponse): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > MAX_ANSWER_BYTES) throw new BrokenAnswer("the service's answer does not end")
    parts.push(part)
  }
  return UTF8.decode(Buffer.concat(parts.splice(0), size))
}

/**
 * Yields raw content as it comes; a connection that breaks or stalls is an error of the call.
 * @param connection the connection, which is released at the end
 */
export async function* contentOf(
  { body }: WireResponse,
  call: Call,
  host: string,
  connection: Linked,
  clock: Clock,
): AsyncIterable<Uint8Array> {
  const stalled = new SlowError('stopped sending')
  try {
    yield* guardAgainstStall(body, clock, () => connection.abort(stalled))
  } catch (error) {
    throw answerError(connection.signal.reason === stalled ? stalled : error, call, host)
  } finally {
    connection.clear()
  }
}

/** The announced size in bytes, or undefined. */
export function announcedSize({ headers }: WireResponse): number | undefined {
  const text = headers['content-length'] ?? ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** Discards the body of an answer. */
export async function discard({ body }: WireResponse): Promise<void> {
  for await (const _ of body) break
}

/**
 * Returns the target of a redirect.
 * @throws CbcError network: it is not a URL, or leads from https to http
 */
export function redirection({ headers }: WireResponse, from: URL, { what }: Pick<Call, 'what'>): URL {
  const location = headers['location'] ?? ''
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (next === undefined || !/^https?:$/.test(next.protocol))
    throw new CbcError('network', `${what}: the service redirected to something that is not a URL`)
  if (from.protocol === 'https:' && next.protocol !== 'https:')
    throw new CbcError('network', `${what}: the service redirected from https to http, which is refused`)
  return next
}
