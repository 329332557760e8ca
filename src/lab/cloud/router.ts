import type { Caller, Permission } from './access/permissions.ts'
import { HttpError } from './http.ts'

/** One call of the API. */
export interface Route {
  method: string
  /** Segments in braces are parameters: `/appservices/v6/orgs/{org}/liveresponse/sessions/{session}`. */
  path: string
  /** The permissions that the caller needs, all of them, according to the call's table in the documents. */
  needs: readonly Permission[]
  handle(call: Call): Promise<Response> | Response
}

/** A request to a route. */
export interface Call {
  request: Request
  url: URL
  /** The path's parameters, decoded. */
  params: Record<string, string>
  caller: Caller
}

/** Finds the route of a request. */
export class Router {
  readonly #routes: { route: Route; segments: string[] }[]

  constructor(routes: readonly Route[]) {
    this.#routes = routes.map(route => ({ route, segments: route.path.split('/') }))
  }

  /** @throws HttpError 404: no route has this path; 405: routes have this path, but none with this method */
  find(request: Request): { route: Route; call: Omit<Call, 'caller'> } {
    const url = new URL(request.url)
    const segments = url.pathname.split('/')
    const allowed: string[] = []
    for (const { route, segments: pattern } of this.#routes) {
      const params = match(pattern, segments)
      if (params === undefined) continue
      if (route.method === request.method) return { route, call: { request, url, params } }
      allowed.push(route.method)
    }
    if (allowed.length === 0) throw new HttpError(404, `No resource at ${url.pathname}`)
    throw new HttpError(405, `${request.method} is not allowed here`, { allow: allowed.join(', ') })
  }
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [i, part] of pattern.entries()) {
    const segment = segments[i] ?? ''
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined
      continue
    }
    const value = decode(segment)
    if (value === undefined || value === '') return undefined
    params[part.slice(1, -1)] = value
  }
  return params
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
