import { deepStrictEqual } from 'node:assert'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEachFile } from './after-file.ts'
import { type Part, multipart } from './multipart.ts'

/** A request that the server received. */
export interface RecordedRequest {
  method: string
  /** Including the query. */
  path: string
  /** With names in lower case. */
  headers: Record<string, string>
  body: Buffer
  /** The body as JSON; undefined if it is not JSON. */
  json: unknown
  /** The parts of a multipart/form-data body. */
  parts: Part[] | undefined
}

export interface ScriptedResponse {
  status: number
  headers?: Record<string, string>
  /** A string or bytes unchanged, an iterable piece by piece, anything else as JSON with its content type. */
  body?: unknown
  /** Milliseconds before the response begins. */
  delay?: number
  /** Cuts the connection: true before the answer, a number after that many bytes of the body. */
  drop?: boolean | number
}

/** An expected request and its response. */
export interface Exchange {
  method: string
  /** Including the query. */
  path: string | RegExp
  /** The expected body: a string or bytes exactly, a function that throws if it is wrong, anything else as JSON. */
  body?: unknown
  /** Required headers with their values. */
  headers?: Record<string, string>
  response: ScriptedResponse
}

export interface ScriptedServer {
  /** `http://127.0.0.1:port`. */
  url: string
  /** All requests in order, including unexpected ones. */
  requests: RecordedRequest[]
  /** Closes the server. @throws Error if a request was unexpected or missing. */
  done(): Promise<void>
}

const open = new Set<() => Promise<void>>()

afterEachFile(async () => {
  await Promise.all([...open].map(close => close()))
})

/**
 * Starts a loopback server that expects exactly these requests in this order. An unexpected one is answered with 500 and the difference,
 * and makes `done()` fail.
 */
export async function scripted(exchanges: readonly Exchange[]): Promise<ScriptedServer> {
  const left = [...exchanges]
  const requests: RecordedRequest[] = []
  const failures: string[] = []
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = await record(incoming)
      requests.push(request)
      const wrong = mismatch(left[0], request)
      if (wrong === undefined) return answer(response, left.shift()?.response ?? { status: 500 })
      failures.push(wrong)
      await answer(response, { status: 500, body: { success: false, message: wrong, error_code: 'UNEXPECTED_REQUEST' } })
    })().catch(error => {
      // Tests also abort requests in the middle of a body.
      if (!incoming.destroyed || incoming.complete) failures.push(String(error))
      response.destroy()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    open.delete(close)
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  open.add(close)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async done() {
      await close()
      const missing = left.map(({ method, path }) => `never requested: ${method} ${String(path)}`)
      if (failures.length + missing.length > 0) throw new Error([...failures, ...missing].join('\n\n'))
    },
  }
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body,
    json: parsed(body),
    parts: multipart(headers['content-type'], body),
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** Returns the difference between a request and the expected one, in words; undefined if there is none. */
function mismatch(expected: Exchange | undefined, request: RecordedRequest): string | undefined {
  const came = `${request.method} ${request.path}`
  if (expected === undefined) return `unexpected request after the last one: ${came}\n${request.body.toString()}`
  const path = typeof expected.path === 'string' || !expected.path.test(request.path) ? String(expected.path) : request.path
  const headers = Object.entries(expected.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  try {
    deepStrictEqual(
      { method: request.method, path: request.path, headers: Object.fromEntries(headers.map(([name]) => [name, request.headers[name]])) },
      { method: expected.method, path, headers: Object.fromEntries(headers) },
    )
    checkBody(expected.body, request)
    return undefined
  } catch (error) {
    return `not the request that was expected: ${came}\n${error instanceof Error ? error.message : String(error)}`
  }
}

function checkBody(expected: unknown, request: RecordedRequest): void {
  if (expected === undefined) return
  if (typeof expected === 'function') expected(request)
  else if (typeof expected === 'string') deepStrictEqual(request.body.toString(), expected)
  else if (expected instanceof Uint8Array) deepStrictEqual(request.body, Buffer.from(expected))
  else deepStrictEqual(request.json, expected)
}

async function answer(response: ServerResponse, { status, headers = {}, body, delay = 0, drop = false }: ScriptedResponse): Promise<void> {
  if (delay > 0) await sleep(delay)
  if (drop === true) return void response.destroy()
  const json = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array) && !isPieces(body)
  const whole = json ? JSON.stringify(body) : body
  response.writeHead(status, {
    ...(json && { 'content-type': 'application/json' }),
    ...(!isPieces(whole) && { 'content-length': String(Buffer.byteLength((whole as string | Uint8Array) ?? '')) }),
    ...headers,
  })
  let sent = 0
  for await (const piece of isPieces(whole) ? whole : [(whole as string | Uint8Array) ?? '']) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
    const part = drop === false ? bytes : bytes.subarray(0, Math.max(0, Number(drop) - sent))
    sent += part.length
    if (response.destroyed) return
    // Waiting for each part keeps memory constant, and makes a cut come after what was sent.
    await new Promise<void>(resolve => response.write(part, () => resolve()))
    if (part.length < bytes.length) return void response.destroy()
  }
  response.end()
}

function isPieces(body: unknown): body is AsyncIterable<Uint8Array | string> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}
