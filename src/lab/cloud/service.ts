import type { Cloud } from './cloud.ts'
import { commandCalls } from './command-calls.ts'
import { deviceCalls } from './device-calls.ts'
import { errorResponse, HttpError } from './http.ts'
import { fileCalls } from './file-calls.ts'
import { Router } from './router.ts'
import { Runner } from './runner.ts'
import { sessionCalls } from './session-calls.ts'
import { Sessions } from './sessions.ts'

/** The organization that is served, and the API keys (`secret/id`) that open it. */
export interface Access {
  org: string
  tokens: readonly string[]
}

/** The service as HTTP has it: a request in, an answer out. */
export class Service {
  readonly #cloud: Cloud
  readonly #access: Access
  readonly #router: Router
  readonly #runner: Runner

  constructor(cloud: Cloud, access: Access) {
    const sessions = new Sessions(cloud)
    this.#cloud = cloud
    this.#access = access
    this.#runner = new Runner(cloud)
    this.#router = new Router([
      ...sessionCalls(cloud, sessions),
      ...commandCalls(cloud, sessions, this.#runner),
      ...fileCalls(cloud, sessions),
      ...deviceCalls(cloud),
    ])
  }

  /** Answers every request, an impossible one too: nothing is thrown. */
  async handle(request: Request): Promise<Response> {
    try {
      if (this.#cloud.closing.signal.aborted) throw new HttpError(503, 'The lab is closed')
      this.#authenticate(request)
      const { route, call } = this.#router.find(request)
      if (call.params['org'] !== this.#access.org) throw new HttpError(404, `Organization ${call.params['org']} not found`)
      return await route.handle(call)
    } catch (error) {
      if (error instanceof HttpError) return errorResponse(error.status, error.message, error.headers)
      return errorResponse(500, `Internal error: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** Ends what waits and what runs. */
  async close(): Promise<void> {
    this.#cloud.closing.abort()
    await this.#runner.stop()
  }

  /** "Authentication". */
  #authenticate(request: Request): void {
    const token = request.headers.get('x-auth-token')
    if (token === null || !this.#access.tokens.includes(token)) throw new HttpError(401, 'Not authorized: X-Auth-Token is missing or unknown')
  }
}
