/** A request is refused, with this status and the error body of the API documents. */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const ERROR_CODES: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
}

/** The error body that both API documents print: `{"success": false, "message", "error_code"}`. */
export function errorResponse(status: number, message: string, headers: Record<string, string> = {}): Response {
  return json(status, { success: false, message, error_code: ERROR_CODES[status] ?? 'Error' }, headers)
}

/** The bodies of answers that are one text, which a server can send at once instead of reading a stream. */
const texts = new WeakMap<Response, string>()

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body)
  const response = new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } })
  texts.set(response, text)
  return response
}

/** Returns the body of an answer that is one text; undefined for any other, and where it has been read. */
export function textOf(response: Response): string | undefined {
  return response.bodyUsed ? undefined : texts.get(response)
}

export function csv(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/csv' } })
}

export function noContent(): Response {
  return new Response(null, { status: 204 })
}

/** The default limit of a request body, bytes: most are small, such as a command or a list of ids. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * Reads the body of an API call as JSON, at most `limit` bytes. `text/plain` is accepted too: `fetch` sends it when a client declares no
 * type.
 * @throws HttpError 400: the body is declared as something else (as a form, curl's default), too large, not UTF-8 or not JSON
 */
export async function readJson(request: Request, limit = MAX_BODY_BYTES): Promise<unknown> {
  const type = request.headers.get('content-type') ?? ''
  if (type !== '' && !/^(application\/([\w.+-]+\+)?json|text\/plain)\s*(;|$)/i.test(type))
    throw new HttpError(400, `Content-Type ${type} is not application/json`)
  return readAnyJson(request, limit)
}

/**
 * Reads a body as JSON, whatever its declared type: for the lab's own calls.
 * @throws HttpError 400: the body is too large, not UTF-8 or not JSON
 */
export async function readAnyJson(request: Request, limit = MAX_BODY_BYTES): Promise<unknown> {
  const bytes = await readBytes(request, limit)
  try {
    return JSON.parse(decodeText(bytes))
  } catch {
    throw new HttpError(400, bytes.length === 0 ? 'Request body is missing' : 'Request body is not valid JSON')
  }
}

/** Decodes UTF-8, with or without a byte order mark. @throws TypeError when it isn't UTF-8 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/**
 * Reads the body's bytes.
 * @throws HttpError 400: there are more than `limit` bytes
 */
export async function readBytes(request: Request, limit = MAX_BODY_BYTES): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bodyOf(request)) {
    size += chunk.length
    if (size > limit) throw new HttpError(400, `Request body is larger than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Yields the body as it arrives; nothing when there is none. */
export async function* bodyOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body !== null) yield* request.body
}

/** Returns an integer, given as a number or as digits (many clients send ids so); undefined for everything else. */
export function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(number) ? (number as number) : undefined
}

/** Returns a JSON object, or undefined for everything else. */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}
