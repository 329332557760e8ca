import { record, records } from './wire-checks.ts'
import type { Http } from './http.ts'
import type { CallOptions } from './live-response.ts'

/** A policy, as its summary has it ("Neighbouring APIs"). */
export interface Policy {
  id: number
  name: string
  is_system?: boolean
  description?: string
  priority_level?: string
  num_devices?: number
}

/** The Policies API beside the two documents. */
export class Policies {
  readonly #http: Http
  readonly #path: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#path = `/policyservice/v1/orgs/${encodeURIComponent(orgKey)}/policies/summary`
  }

  /** All policies of the organization. */
  async summary(options: CallOptions = {}): Promise<Policy[]> {
    const call = { method: 'GET', path: this.#path, effect: 'read', what: 'list policies', permission: 'org.policies READ', ...options } as const
    return records(record(await this.#http.json(call), call), call, 'policies').map(found => ({ ...found, id: Number(found['id']), name: String(found['name'] ?? '') }))
  }
}
