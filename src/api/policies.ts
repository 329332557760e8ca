import { numberIn, pathSegment, record, records } from './wire-checks.ts'
import type { Http } from './http.ts'
import type { CallOptions } from './live-response.ts'

/** The summary of a policy ("Neighbouring APIs"). */
export interface Policy {
  id: number
  name: string
  is_system?: boolean
  description?: string
  priority_level?: string
  num_devices?: number
}

/** The Policies API, which is outside the two documents. */
export class Policies {
  readonly #http: Http
  readonly #path: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#path = `/policyservice/v1/orgs/${pathSegment(orgKey, 'org_key')}/policies/summary`
  }

  /** Lists all policies of the organization. */
  async summary(options: CallOptions = {}): Promise<Policy[]> {
    const call = {
      method: 'GET',
      path: this.#path,
      effect: 'read',
      what: 'list policies',
      permission: 'org.policies READ',
      ...options,
    } as const
    return await this.#http.json(call, answer =>
      records(record(answer), 'policies').map(found => ({ ...found, id: numberIn(found), name: String(found['name'] ?? '') })),
    )
  }
}
