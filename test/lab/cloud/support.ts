import { randomInt, randomUUID } from 'node:crypto'
import type { Clock, Random } from '../../../src/core/ports.ts'
import {
  COMMANDS,
  type CommandName,
  type CommandOutput,
  type CommandRequest,
  type Endpoint,
  type Sensor,
} from '../../../src/lab/endpoint.ts'
import { openLab, type Lab, type LabOptions } from '../../../src/lab/lab.ts'
import { requestOf } from '../../../src/lab/request.ts'

export const ORG = '/appservices/v6/orgs/ABCD1234'
export const SESSIONS = `${ORG}/liveresponse/sessions`
export const TOKEN = 'ABCDEFGHIJKLMNO123456789/ABCD123456'

/** A clock that advances only when told to. */
export class FakeClock implements Clock {
  #now = Date.parse('2021-10-29T08:55:03.535Z')
  #sleepers: { at: number; wake: () => void }[] = []

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      this.#sleepers.push({ at: this.#now + ms, wake: resolve })
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  }

  /** The number of sleepers, including aborted ones. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  advance(ms: number): void {
    this.#now += ms
    const due = this.#sleepers.filter(({ at }) => at <= this.#now)
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now)
    for (const { wake } of due) wake()
  }
}

/** A source of random values whose first uuids can be chosen. */
function randomFrom(uuids: string[] = []): Random {
  return { uuid: () => uuids.shift() ?? randomUUID(), below: limit => randomInt(limit) }
}

type Run = (request: CommandRequest, sensor: Sensor) => Promise<CommandOutput>

/** Endpoints whose behaviour the test defines; `ran` records their commands. */
class FakeEndpoints {
  readonly ran: CommandRequest[] = []
  supportedCommands: readonly CommandName[] = COMMANDS
  run: Run = async () => ({})

  open = async (): Promise<Endpoint> => ({
    supportedCommands: this.supportedCommands,
    drives: ['A:\\', 'C:\\', 'D:\\'],
    directory: 'C:\\Windows\\system32',
    run: (request, sensor) => {
      this.ran.push(request)
      return this.run(request, sensor)
    },
  })
}

/** A lab in memory with fake endpoints and a fake clock, whose sessions are active at once. */
export class TestLab {
  readonly clock = new FakeClock()
  readonly endpoints = new FakeEndpoints()
  readonly lab: Lab

  constructor(options: Partial<LabOptions> & { uuids?: string[] } = {}) {
    const { uuids, ...rest } = options
    this.lab = openLab({
      clock: this.clock,
      random: randomFrom(uuids),
      checkIn: 0,
      openEndpoint: this.endpoints.open,
      ...rest,
    } as LabOptions)
  }

  /** Sends a request in the form of the documents' examples. `body`: JSON, unless it is a string. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const all = new Headers({ 'X-Auth-Token': TOKEN, ...(text === undefined ? {} : { 'Content-Type': 'application/json' }) })
    for (const [name, value] of Object.entries(headers)) all.set(name, value)
    return answerOf(
      await this.lab.handle(
        requestOf(new URL(`http://lab${path}`), { method, headers: all, ...(text === undefined ? {} : { body: text }) }, signal),
      ),
    )
  }

  /** Starts a session and returns its path. */
  async session(deviceId = 11412673): Promise<string> {
    const { body } = await this.send('POST', SESSIONS, { device_id: deviceId })
    return `${SESSIONS}/${String(body['id'])}`
  }

  async issue(session: string, command: Record<string, unknown>): Promise<Record<string, unknown>> {
    return (await this.send('POST', `${session}/commands`, command)).body
  }

  /** Returns the state of a command once it has ended. */
  async end(session: string, id: unknown): Promise<Record<string, unknown>> {
    return (await this.send('GET', `${session}/commands/${String(id)}?wait=true`)).body
  }

  /** Uploads a file as a form and returns its metadata. */
  async upload(session: string, name: string, content: string): Promise<Record<string, unknown>> {
    const form = new FormData()
    form.append('file', new Blob([content]), name)
    const request = new Request(`http://lab${session}/files`, { method: 'POST', headers: { 'X-Auth-Token': TOKEN }, body: form })
    return (await answerOf(await this.lab.handle(request))).body
  }
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The JSON body; an empty object if there is none. */
  body: Record<string, unknown>
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const json = response.headers.get('content-type') === 'application/json'
  return { status: response.status, headers: response.headers, text, body: json ? (JSON.parse(text) as Record<string, unknown>) : {} }
}

/** Creates a gate that the test opens. A waiter gives up when its signal is aborted, as an endpoint must. */
export function gate(): { pass(signal: AbortSignal): Promise<void>; open(): void } {
  let open: () => void = () => undefined
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  const pass = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      void opened.then(resolve)
      if (signal.aborted) reject(signal.reason)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  return { pass, open: () => open() }
}

/** Waits until `holds` returns true; other work continues between checks. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise(resolve => setImmediate(resolve))
}
