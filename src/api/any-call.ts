import { apiPath } from './api-path.ts'
import type { Call } from './call.ts'
import type { AnyAnswer, Http } from './http.ts'
import type { CallOptions } from './live-response.ts'

export type { AnyAnswer } from './http.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly Call['method'][]

/** A call without a command of its own (`cbc api`). */
export interface AnyRequest {
  method: (typeof METHODS)[number]
  /** As typed: below the profile's URL, with `{org_key}` for its organization, with or without a query. */
  path: string
  /** Further query parameters: names and values. */
  query?: readonly (readonly [string, string])[]
  body?: unknown
  /** The page of a search's results; it overrides the query and the body. */
  page?: { start: number; rows: number }
}

/** POSTs that only read, by the last part of their path. */
const READING_POSTS = ['_search', '_facet', '_scroll', '_export']

/** Calls of any API of the service, as a person types them. */
export class AnyCall {
  readonly #http: Http
  readonly #orgKey: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#orgKey = orgKey
  }

  /**
   * Sends the call.
   * @throws CbcError usage: the path is invalid, and nothing was sent; by status as every call
   * @throws LostAnswer where a change may have been made
   */
  async send({ method, path: typed, query: more = [], body: whole, page }: AnyRequest, options: CallOptions = {}): Promise<AnyAnswer> {
    const { path, query } = apiPath(typed, this.#orgKey)
    for (const [name, value] of more) query.append(name, value)
    if (page !== undefined && method === 'GET') for (const [name, value] of Object.entries(page)) query.set(name, String(value))
    const body = page === undefined || method === 'GET' ? whole : { ...(whole as object), ...page }
    return await this.#http.any({
      method,
      path: query.size === 0 ? path : `${path}?${query}`,
      ...(body === undefined ? {} : { body }),
      effect: isReadOnlyCall({ method, path: typed }) ? 'read' : 'change',
      what: `${method} ${path}`,
      ...(method === 'POST' ? {} : { look: `cbc api GET ${path}` }),
      ...options,
    })
  }
}

/** Whether a call only reads. */
export function isReadOnlyCall({ method, path }: Pick<AnyRequest, 'method' | 'path'>): boolean {
  return method === 'GET' || (method === 'POST' && READING_POSTS.includes(path.split('?', 1)[0]?.split('/').at(-1) ?? ''))
}
