import { RateLimit } from './behaviour/rate-limit.ts'
import type { Cloud } from './cloud/cloud.ts'
import { errorResponse } from './cloud/http.ts'
import { isForStorage } from './cloud/storage-url.ts'
import { Log, type RequestEntry } from './control/logs.ts'
import { inject, pause } from './faults/inject.ts'
import type { Action } from './faults/rule.ts'

/** What answers requests once they have passed the middleware. */
export interface Handlers {
  service: (request: Request) => Promise<Response>
  storage: (request: Request) => Promise<Response>
}

/** Decides what goes wrong with a request. */
interface FaultSource {
  pick(method: string, path: string): { name: string; do: Action } | undefined
}

/** What a request passes on its way to the service: delays, faults, the rate limit, and the request log. */
export class Middleware {
  readonly log = new Log<RequestEntry>()
  readonly #cloud: Cloud
  readonly #faults: readonly FaultSource[]
  readonly #limit: RateLimit
  readonly #handlers: Handlers

  /** @param faults the first one that has something to do with a request does it */
  constructor(cloud: Cloud, faults: readonly FaultSource[], handlers: Handlers) {
    this.#cloud = cloud
    this.#faults = faults
    this.#handlers = handlers
    this.#limit = new RateLimit(cloud.behaviour, cloud.clock.real)
  }

  /**
   * Answers a request, and logs it.
   * @throws ConnectionDropped when a fault drops the connection
   */
  async handle(request: Request): Promise<Response> {
    const { clock } = this.#cloud
    const url = new URL(request.url)
    const entry = this.log.add({
      time: new Date(clock.now()).toISOString(),
      method: request.method,
      path: url.pathname + url.search,
      credentials: request.headers.has('x-auth-token') || request.headers.has('authorization'),
      status: null,
      duration: null,
    })
    const start = clock.real.monotonic()
    try {
      const response = await this.#answer(request, url, entry)
      entry.status = response.status
      return response
    } finally {
      entry.duration = clock.real.monotonic() - start
    }
  }

  async #answer(request: Request, url: URL, entry: RequestEntry): Promise<Response> {
    const {
      behaviour: { httpDelay, httpJitter },
      chance,
      clock: { real: clock },
      closing: { signal: closing },
    } = this.#cloud
    const delay = httpDelay + (httpJitter > 0 ? httpJitter * chance() : 0)
    if (delay > 0) await pause(clock, delay, request.signal, closing)
    for (const source of this.#faults) {
      const fault = source.pick(request.method, url.pathname)
      if (fault === undefined) continue
      entry.fault = fault.name
      return inject(fault.do, request, () => this.#carryOut(request, url), { clock, closing })
    }
    return this.#carryOut(request, url)
  }

  async #carryOut(request: Request, url: URL): Promise<Response> {
    if (isForStorage(url)) return this.#handlers.storage(request)
    const seconds = this.#limit.secondsToWait()
    if (seconds !== undefined) return errorResponse(429, 'Too many requests', { 'retry-after': String(seconds) })
    return this.#handlers.service(request)
  }
}

/** Whether a request is a control call, for the lab itself and not for the service. */
export function isForControl({ pathname }: URL): boolean {
  return pathname === '/lab' || pathname.startsWith('/lab/')
}
