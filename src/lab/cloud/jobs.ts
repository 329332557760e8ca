import type { Content } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Cloud } from './cloud.ts'
import { HttpError } from './http.ts'
import { linkedController, release } from './linked.ts'

/** The output of a job; made when the job is created, so that it is consistent. */
export interface JobOutput {
  /** The number of items. */
  total: number
  content: string
  mediaType: string
}

/** A job's record. Times are ms since 1970. */
interface Job {
  id: number
  type: string
  /** The name of the key that started it. */
  owner: string
  created: number
  total: number
  mediaType: string
  output: Content | null
  /** Why it fails; null when it succeeds. */
  error: string | null
}

interface JobsState {
  next: number
  jobs: Job[]
}

/** How long a job waits before it starts, and how long each item takes, ms. */
const JOB_WAIT_MS = 100
const MS_PER_ITEM = 2

/** How many jobs are kept; the oldest are dropped first. */
const MAX_JOBS = 100

/** Background jobs. Their progress is computed from the time that has passed. */
export class Jobs {
  readonly #cloud: Cloud
  readonly #state: SharedDocument<JobsState>

  constructor(cloud: Cloud) {
    this.#cloud = cloud
    this.#state = cloud.store.document<JobsState>('jobs', () => ({ next: 4_805_565, jobs: [] }))
  }

  /**
   * Starts a job.
   * @param output makes the output; if it throws an HttpError, the job fails with that message
   * @returns the job's id
   */
  async start(type: string, owner: string, output: () => Promise<JobOutput>): Promise<number> {
    const { total, content, mediaType, error } = await output().then(made => ({ ...made, error: null }), failure)
    const stored = error === null ? await this.#cloud.store.blobs.write(chunksOf(content)) : null
    const created = this.#cloud.clock.now()
    return this.#state.update(state => {
      const id = state.next++
      state.jobs.push({ id, type, owner, created, total, mediaType, output: stored, error })
      state.jobs.splice(0, state.jobs.length - MAX_JOBS)
      return id
    })
  }

  async list(org: string) {
    return (await this.#state.read(({ jobs }) => structuredClone(jobs))).map(job => this.#view(job, org))
  }

  /** @throws HttpError 404 */
  async view(id: string, org: string) {
    return this.#view(await this.#job(id), org)
  }

  /** @throws HttpError 404 */
  async progress(id: string) {
    const { progress, message } = this.#stage(await this.#job(id))
    return { ...progress, message }
  }

  /**
   * Returns the output of a job, once it has completed.
   * @param signal ends the waiting
   * @throws HttpError 404: the job doesn't exist, or has no output
   */
  async output(id: string, signal: AbortSignal): Promise<{ content: Content; mediaType: string }> {
    const job = await this.#job(id)
    const end = job.created + JOB_WAIT_MS + (job.error === null ? job.total * MS_PER_ITEM : 0)
    const stop = linkedController(signal, this.#cloud.closing.signal)
    if (this.#cloud.behaviour.earlyDownload === 'wait')
      await this.#cloud.clock.sleep(end - this.#cloud.clock.now(), stop.signal).catch(() => undefined)
    release(stop)
    const { status } = this.#stage(job)
    if (status !== 'COMPLETED' || job.output === null) throw new HttpError(404, `Job ${id} has no output: it is ${status}`)
    return { content: job.output, mediaType: job.mediaType }
  }

  async #job(id: string): Promise<Job> {
    const job = await this.#state.read(({ jobs }) => structuredClone(jobs.find(job => String(job.id) === id)))
    if (job === undefined) throw new HttpError(404, `Job ${id} not found`)
    return job
  }

  #view(job: Job, org: string) {
    const { status, progress, changed } = this.#stage(job)
    return {
      id: job.id,
      type: job.type,
      job_parameters: { job_parameters: null },
      connector_id: job.owner,
      org_key: org,
      status,
      progress,
      create_time: new Date(job.created).toISOString(),
      last_update_time: new Date(changed).toISOString(),
    }
  }

  /** Returns a job's status and progress. */
  #stage({ created, total, error }: Job) {
    const now = this.#cloud.clock.now()
    const started = created + JOB_WAIT_MS
    const done = Math.min(Math.max(Math.floor((now - started) / MS_PER_ITEM), 0), total)
    const progress = { num_total: total, num_completed: done }
    if (now < started) return { status: 'CREATED', progress, message: 'Waiting for its turn', changed: created }
    if (error !== null) return { status: 'FAILED', progress, message: error, changed: started }
    if (done < total) return { status: 'IN_PROGRESS', progress, message: `${done} of ${total}`, changed: now }
    return { status: 'COMPLETED', progress, message: 'Completed', changed: started + total * MS_PER_ITEM }
  }
}

function failure(error: unknown) {
  if (error instanceof HttpError) return { total: 0, content: '', mediaType: '', error: error.message }
  throw error
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
