import { apiPath } from './api-path.ts'
import type { Call } from './call.ts'
import type { AnyAnswer, Http } from './http.ts'
import type { CallOptions } from './live-response.ts'

export type { AnyAnswer } from './http.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly Call['method'][]

/** A call that has no command of its own. */
export interface AnyRequest {
  method: (typeof METHODS)[number]
  /** As it was typed: below the profile's URL, `{org_key}` for its organization, with a query or without. */
  path: string
  /** More of a query: names and values. */
  query?: readonly (readonly [string, string])[]
  body?: unknown
  /** The part of a search's results that is wanted, whatever its query or body says. */
  page?: { start: number; rows: number }
}

/** POSTs that ask for something, by the last part of their path. */
const ASKING = ['_search', '_facet', '_scroll', '_export']

/** Calls of whatever API the service has, as a person types them. */
export class AnyCall {
  readonly #http: Http
  readonly #orgKey: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#orgKey = orgKey
  }

  /**
   * @throws CbcError usage: the path is none, and nothing was sent; by status as every call
   * @throws LostAnswer besides: a change may have been made
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
      effect: isAsking({ method, path: typed }) ? 'read' : 'change',
      what: `${method} ${path}`,
      ...options,
    })
  }
}

/** Whether a call only asks for something. */
export function isAsking({ method, path }: Pick<AnyRequest, 'method' | 'path'>): boolean {
  return method === 'GET' || (method === 'POST' && ASKING.includes(path.split('?', 1)[0]?.split('/').at(-1) ?? ''))
}
