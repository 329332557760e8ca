import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEachFile } from './after-file.ts'
import { openLab } from '../../src/lab/lab.ts'
import { clock, random } from '../../src/host/clock.ts'
import { labTransport } from '../../src/host/lab.ts'

/**
 * A point during a request at which the client is killed: before the lab gets it, after it was carried out but before the answer, or after
 * half of the answer.
 */
export interface Point {
  when: 'before' | 'after' | 'half'
  method: string
  /** The end of the request's path. */
  path: RegExp
  /** Which of the matching requests, counted from 1; default: the first. */
  nth?: number
}

export interface DeadlyLab {
  url: string
  org: string
  token: string
  /** Arms this point, once. For a point within the answer, waits for `ready` first. */
  arm(point: Point, kill: () => void, ready?: () => Promise<void>): void
  /** JSON bodies of the issued commands. */
  readonly issued: Record<string, unknown>[]
  /** Sends a request to the lab's control API or to its service. */
  ask<T>(method: string, path: string, body?: unknown): Promise<T>
}

const open = new Set<() => Promise<void>>()
afterEachFile(async () => {
  await Promise.all([...open].map(close => close()))
  open.clear()
})

/** Starts a lab on loopback whose client is killed at a chosen point. */
export async function startDeadlyLab(): Promise<DeadlyLab> {
  const lab = openLab({ clock, random, checkIn: 0 })
  const send = labTransport(lab)
  const issued: Record<string, unknown>[] = []
  let armed: { point: Point; kill: () => void; ready: () => Promise<void> } | undefined
  let met = 0
  const isIt = (method: string, path: string) =>
    armed !== undefined && armed.point.method === method && armed.point.path.test(path) && ++met === (armed.point.nth ?? 1)

  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = incoming
    const body = await whole(incoming)
    const deadly = isIt(method, url) ? armed : undefined
    if (deadly !== undefined) armed = undefined
    if (deadly?.point.when === 'before') return deadly.kill()
    if (method === 'POST' && url.endsWith('/commands')) issued.push(JSON.parse(body.toString()) as Record<string, unknown>)
    const carried = await send({
      method,
      url: new URL(url, 'http://lab.localhost'),
      headers: incoming.headers as Record<string, string>,
      ...(body.length > 0 && { body }),
    })
    const bytes = await whole(carried.body)
    if (deadly?.point.when === 'after') return deadly.kill()
    response.writeHead(carried.status, { ...carried.headers, 'content-length': String(bytes.length) })
    if (deadly === undefined) return void response.end(carried.status === 204 ? undefined : bytes)
    response.write(bytes.subarray(0, bytes.length / 2))
    await deadly.ready()
    deadly.kill()
  }
  const server = createServer((incoming, response) => {
    // A killed client does not read the rest.
    answer(incoming, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  open.add(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    await lab.close()
  })
  return {
    url,
    org: lab.org,
    token: lab.token,
    issued,
    arm(point, kill, ready = async () => {}) {
      met = 0
      armed = { point, kill, ready }
    },
    async ask<T>(method: string, path: string, content?: unknown) {
      const asked = await send({
        method,
        url: new URL(path, 'http://lab.localhost'),
        headers: { 'x-auth-token': lab.token, 'content-type': 'application/json' },
        ...(content !== undefined && { body: Buffer.from(JSON.stringify(content)) }),
      })
      const text = (await whole(asked.body)).toString()
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
  }
}

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const part of parts) all.push(part)
  return Buffer.concat(all)
}
