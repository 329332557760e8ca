import { afterEachFile } from '../../support/after-file.ts'
import type { Transport } from '../../../src/core/ports.ts'
import { openLab, type Lab } from '../../../src/lab/lab.ts'
import { main } from '../../../src/main.ts'
import { random } from '../../../src/host/clock.ts'
import { HurriedClock } from '../../support/hurried-clock.ts'
import { labService, memoryOutput, testHost, type TestWorld } from '../../support/host.ts'

/** A request as it went out. */
export interface Sent {
  method: string
  /** Below the service's URL. */
  path: string
  body: unknown
}

export interface Ran {
  code: number
  out: string
  err: string
  /** stdout as JSON. */
  json<T = Row[]>(): T
  /** The error that stderr has as JSON. */
  error(): { code: string; message: string; hint: string | null; http_status?: number }
}

export type Row = Record<string, unknown>

const opened: Lab[] = []
afterEachFile(async () => {
  for (const lab of opened.splice(0)) await lab.close()
})

/** An organization of one's own in the lab, and the program in this process. */
export class Organization {
  readonly sent: Sent[] = []
  readonly #clock = new HurriedClock()
  readonly #lab = openLab({ clock: this.#clock, random, checkIn: 0 })
  readonly #service = labService(this.#lab)
  /** What stands between the program and the lab. */
  between: (service: Transport) => Transport = service => service

  constructor() {
    opened.push(this.#lab)
  }

  /** Runs `cbc usb …`. */
  usb(...words: string[]): Promise<Ran> {
    return this.with({}, ...words)
  }

  /** On a terminal so wide, in colour. */
  terminal(columns: number, ...words: string[]): Promise<Ran> {
    return this.with({ stdout: memoryOutput({ isTerminal: true, color: true, columns }) }, ...words)
  }

  async with(over: Partial<TestWorld>, ...words: string[]): Promise<Ran> {
    const send: Transport = request => this.between(this.#recording)(request)
    const host = testHost({ clock: this.#clock, lab: async () => ({ ...this.#service, send, close: async () => {} }), ...over })
    const code = await main(['usb', ...words], host)
    const [out, err] = [host.stdout.text(), host.stderr.text()]
    return {
      code,
      out,
      err,
      json: <T>() => JSON.parse(out) as T,
      error: () => (JSON.parse(err) as { error: ReturnType<Ran['error']> }).error,
    }
  }

  /** Requests by method and what their path ends with, as far as it matters. */
  requests(method: string, end: RegExp): Sent[] {
    return this.sent.filter(sent => sent.method === method && end.test(sent.path))
  }

  async approvals(): Promise<Row[]> {
    return (await this.usb('approval', 'list', '--all', '--json')).json()
  }

  readonly #recording: Transport = async request => {
    const { method, url, body } = request
    this.sent.push({
      method,
      path: url.pathname,
      body: body instanceof Uint8Array ? (JSON.parse(Buffer.from(body).toString()) as unknown) : undefined,
    })
    return await this.#service.send(request)
  }
}

/** A transport that carries some requests out and loses their answers. */
export function losing(which: (request: Parameters<Transport>[0]) => boolean): (service: Transport) => Transport {
  return service => async request => {
    const response = await service(request)
    if (!which(request)) return response
    for await (const _ of response.body) continue
    throw new Error('socket hang up')
  }
}

/** A transport that answers some requests itself. */
export function answeringSome(which: RegExp, status: number, body: unknown): (service: Transport) => Transport {
  return service => async request => {
    if (!which.test(request.url.pathname)) return await service(request)
    return {
      status,
      headers: {},
      body: (async function* () {
        yield Buffer.from(JSON.stringify(body))
      })(),
    }
  }
}
