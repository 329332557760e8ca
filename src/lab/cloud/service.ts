import type { Access } from './access/access.ts'
import { CloudServicesPlatform } from './access/csp.ts'
import { requirePermissions } from './access/permissions.ts'
import { ALERT_CALLS } from './alerts.ts'
import type { Cloud } from './cloud.ts'
import { commandCalls } from './command-calls.ts'
import { deviceActionCalls } from './device-actions.ts'
import { deviceCalls } from './device-calls.ts'
import { errorResponse, HttpError } from './http.ts'
import { fileCalls } from './file-calls.ts'
import { jobCalls } from './job-calls.ts'
import { Jobs } from './jobs.ts'
import { policyCalls } from './policies.ts'
import { Router } from './router.ts'
import { Runner } from './runner.ts'
import { sessionCalls } from './session-calls.ts'
import { Sessions } from './sessions.ts'
import { deviceControlCalls } from './usb/calls.ts'

/** The HTTP interface of the service. */
export class Service {
  readonly #cloud: Cloud
  readonly #access: Access
  readonly #router: Router
  readonly #runner: Runner

  constructor(cloud: Cloud, access: Access) {
    const sessions = new Sessions(cloud)
    const jobs = new Jobs(cloud)
    this.#cloud = cloud
    this.#access = access
    this.#runner = new Runner(cloud)
    this.#router = new Router([
      ...sessionCalls(cloud, sessions),
      ...commandCalls(cloud, sessions, this.#runner),
      ...fileCalls(cloud, sessions),
      ...deviceCalls(cloud),
      ...deviceActionCalls(cloud),
      ...policyCalls(cloud),
      ...ALERT_CALLS,
      ...deviceControlCalls(cloud, jobs),
      ...jobCalls(cloud, jobs),
    ])
  }

  /** Answers every request, even an invalid one. Never rejects. */
  async handle(request: Request): Promise<Response> {
    try {
      if (this.#cloud.closing.signal.aborted) throw new HttpError(503, 'The lab is closed')
      const { pathname } = new URL(request.url)
      return await (CloudServicesPlatform.owns(pathname) ? this.#access.platform.answer(request, pathname) : this.#answer(request))
    } catch (error) {
      if (error instanceof HttpError) return errorResponse(error.status, error.message, error.headers)
      return errorResponse(500, `Internal error: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Ends everything that waits or runs. */
  async close(): Promise<void> {
    this.#cloud.closing.abort()
    await this.#runner.stop()
  }

  /** @throws HttpError 401, 403, 404, 405, and others from the call itself */
  async #answer(request: Request): Promise<Response> {
    const caller = await this.#access.identify(request)
    const { route, call } = this.#router.find(request)
    if (call.params['org'] !== this.#access.org) throw new HttpError(404, `Organization ${call.params['org']} not found`)
    requirePermissions(caller, route.needs)
    return route.handle({ ...call, caller })
  }
}
