import { CbcError } from '../core/errors.ts'
import type { Linked } from '../core/abort.ts'
import type { Clock, WireResponse } from '../core/ports.ts'
import { redacted } from './credentials.ts'
import { IncrementalJson, TooDeep } from '../core/text/incremental-json.ts'
import { guardAgainstStall } from './stall-guard.ts'
import type { Call } from './call.ts'
import { answerError, BrokenAnswer, SlowError } from './http-errors.ts'

/** The largest JSON answer, bytes: a larger one is garbage or an attack. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The deepest nesting of a JSON answer: documented ones have five levels. */
const MAX_ANSWER_DEPTH = 100
/** How many bytes of an answer show whether it is a web page. */
const BEGINNING_BYTES = 1000

/** How a JSON answer is read. */
export interface JsonReading {
  /** Texts that must not be shown, not even as part of an answer. */
  secrets?: readonly string[]
  /** See `Call`. */
  item?: ((value: unknown) => unknown) | undefined
}

/**
 * Reads the body of a JSON answer as it comes, undefined where it is empty (204).
 * @throws BrokenAnswer: it is not JSON
 */
export async function readJson(response: WireResponse, { secrets = [], item = value => value }: JsonReading = {}): Promise<unknown> {
  let beginning = ''
  const json = new IncrementalJson({
    parse: bytes => parsed(redacted(UTF8.decode(bytes), secrets)),
    item,
    depth: MAX_ANSWER_DEPTH,
  })
  const checked = <T>(step: () => T): T => {
    try {
      return step()
    } catch (cause) {
      throw brokenAnswer(beginning, response.status, cause)
    }
  }
  for await (const part of limited(response)) {
    if (beginning.length < BEGINNING_BYTES) beginning += UTF8.decode(part.subarray(0, BEGINNING_BYTES))
    checked(() => json.push(part))
  }
  return beginning === '' ? undefined : checked(() => json.end())
}

/** An answer that would crash code that walks or prints it. */
class Hostile extends Error {}

/** @throws SyntaxError, Hostile: something in it has a `toString`, which need not be a function */
function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text)
  // An answer can have a million values: hardly ever need they be looked at.
  if ((text.includes('toString') || text.includes('\\u00')) && hasToString(value)) throw new Hostile()
  return value
}

function hasToString(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.hasOwn(value, 'toString') || Object.values(value).some(hasToString)
}

function brokenAnswer(beginning: string, status: number, cause: unknown): BrokenAnswer {
  return cause instanceof Hostile || (cause instanceof TooDeep && !isPage(beginning))
    ? new BrokenAnswer("the service's answer is not the documented object", { http_status: status })
    : notJson(beginning, status, cause)
}

function isPage(beginning: string): boolean {
  return /^\s*</.test(beginning)
}

function notJson(beginning: string, status: number, cause: unknown): BrokenAnswer {
  return isPage(beginning)
    ? new BrokenAnswer("the service's answer is a web page", {
        http_status: status,
        hint: 'a proxy or login page may be in between: check the URL of the profile',
        cause,
      })
    : new BrokenAnswer("the service's answer is not JSON", { http_status: status, hint: 'try again', cause })
}

/** Reads a whole body as text. @throws BrokenAnswer: it is larger than any answer */
export async function readText(response: WireResponse): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of limited(response)) parts.push(part)
  // Decoding it at once takes a fraction of the time that decoding part by part does.
  return UTF8.decode(Buffer.concat(parts))
}

/** @throws BrokenAnswer: the body is larger than any answer */
async function* limited({ body }: WireResponse): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > MAX_ANSWER_BYTES) throw new BrokenAnswer("the service's answer does not end")
    yield part
  }
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
