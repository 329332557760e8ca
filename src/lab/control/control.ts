import { InvalidSettings } from '../behaviour/checks.ts'
import type { Cloud } from '../cloud/cloud.ts'
import { errorResponse, HttpError, json, noContent, readAnyJson } from '../cloud/http.ts'
import { Sessions } from '../cloud/sessions.ts'
import type { Faults } from '../faults/faults.ts'
import type { Log, RequestEntry } from './logs.ts'
import { changeClock, clockOf } from './clock-calls.ts'
import { makeFile } from './files.ts'

export interface ControlParts {
  cloud: Cloud
  faults: Faults
  log: Log<RequestEntry>
  /** The lab's own API key; others of the organization give no access to the control calls. */
  token: string
  org: string
  reset(): Promise<void>
}

type Handler = (request: Request, url: URL) => Promise<Response> | Response

/** The calls below `/lab/`, with which a test sets the lab up and inspects it. They are not part of the service. */
export class Control {
  readonly #token: string
  readonly #calls: Record<string, Record<string, Handler>>

  constructor(parts: ControlParts) {
    this.#token = parts.token
    this.#calls = calls(parts)
  }

  /** Never rejects. */
  async handle(request: Request): Promise<Response> {
    try {
      if (request.headers.get('x-auth-token') !== this.#token) throw new HttpError(401, "X-Auth-Token is not the lab's token")
      const url = new URL(request.url)
      const methods = this.#calls[url.pathname.replace(/\/$/, '')]
      if (methods === undefined)
        throw new HttpError(404, `No resource at ${url.pathname}; there are ${Object.keys(this.#calls).join(', ')}`)
      const handler = methods[request.method]
      if (handler === undefined)
        throw new HttpError(405, `${request.method} is not allowed here`, { allow: Object.keys(methods).join(', ') })
      return await handler(request, url)
    } catch (error) {
      if (error instanceof HttpError) return errorResponse(error.status, error.message, error.headers)
      if (error instanceof InvalidSettings) return errorResponse(400, error.message)
      return errorResponse(500, `Internal error: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

function calls({ cloud, faults, log, org, reset }: ControlParts): Record<string, Record<string, Handler>> {
  const sessions = new Sessions(cloud)
  const faultList = () => json(200, faults.list())
  return {
    '/lab': {
      GET: async () =>
        json(200, {
          org_key: org,
          devices: cloud.devices.size,
          sessions: (await sessions.list()).length,
          clock: clockOf(cloud.clock),
        }),
    },
    '/lab/settings': {
      GET: () => json(200, cloud.behaviour),
      async PATCH(request) {
        cloud.settings.change(await readAnyJson(request))
        return json(200, cloud.behaviour)
      },
    },
    '/lab/faults': {
      GET: faultList,
      async PUT(request) {
        faults.replace(await readAnyJson(request))
        return faultList()
      },
      async POST(request) {
        faults.add(await readAnyJson(request))
        return faultList()
      },
      DELETE() {
        faults.replace([])
        return noContent()
      },
    },
    '/lab/clock': {
      GET: () => json(200, clockOf(cloud.clock)),
      async POST(request) {
        await changeClock(cloud.clock, await readAnyJson(request))
        return json(200, clockOf(cloud.clock))
      },
    },
    '/lab/log': logCalls(log),
    '/lab/executions': logCalls(cloud.executions),
    '/lab/files': { POST: async request => json(201, await makeFile(cloud, await readAnyJson(request))) },
    '/lab/reset': {
      async POST() {
        await reset()
        return noContent()
      },
    },
  }
}

/**
 * Returns the calls of a log. `since` selects the entries after that number; any field selects the entries that have that value
 * (`?method=POST`, `?device_id=11412673`).
 */
function logCalls<T extends { n: number }>(log: Log<T>): Record<string, Handler> {
  return {
    GET(_, { searchParams }) {
      const since = Number(searchParams.get('since') ?? 0)
      const wanted = [...searchParams].filter(([field]) => field !== 'since')
      const matches = (entry: T) => wanted.every(([field, value]) => String(entry[field as keyof T] ?? '') === value)
      return json(
        200,
        log.list().filter(entry => entry.n > since && matches(entry)),
      )
    },
    DELETE() {
      log.clear()
      return noContent()
    },
  }
}
