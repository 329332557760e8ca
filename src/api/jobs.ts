import { checkSubject, pathSegment, record } from './wire-checks.ts'
import type { Content, Http } from './http.ts'
import type { CallOptions } from './live-response.ts'

/** "Export jobs" of the neighbouring APIs. */
export interface Job {
  id: string
  /** CREATED, IN_PROGRESS, COMPLETED or FAILED, in upper case. */
  status: string
}

export interface JobProgress {
  num_total?: number
  num_completed?: number
  message?: string
}

const PERMISSION = 'jobs.status READ'

/** The Jobs API, which is outside the two documents. */
export class Jobs {
  readonly #http: Http
  readonly #base: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#base = `/jobs/v1/orgs/${pathSegment(orgKey, 'org_key')}/jobs`
  }

  async get(id: string, options: CallOptions = {}): Promise<Job> {
    const found = await this.#read(id, '', 'get job', options)
    return { ...found, id, status: String(found['status'] ?? '').toUpperCase() }
  }

  async progress(id: string, options: CallOptions = {}): Promise<JobProgress> {
    return await this.#read(id, '/progress', 'progress of job', options)
  }

  /** Downloads the job's file, as a stream. */
  async download(id: string, options: CallOptions = {}): Promise<Content> {
    return await this.#http.download({
      method: 'GET',
      path: `${this.#base}/${pathSegment(id)}/download`,
      effect: 'read',
      what: `download job ${id}`,
      permission: PERMISSION,
      ...options,
    })
  }

  async #read(id: string, below: string, what: string, options: CallOptions): Promise<Record<string, unknown>> {
    const call = {
      method: 'GET',
      path: `${this.#base}/${pathSegment(id)}${below}`,
      effect: 'read',
      what: `${what} ${id}`,
      permission: PERMISSION,
      ...options,
    } as const
    return await this.#http.json(call, answer => checkSubject(record(answer), { id }))
  }
}
