import { DelayedError, Queue, Worker, type Job } from 'bullmq'
import { timer } from '../core/abort.ts'
import type { Clock } from '../core/ports.ts'
import type { Secret } from '../core/secret.ts'
import { atMost } from './at-most.ts'
import { connectTo, type EngineConnection } from './engine-connection.ts'
import { Lease } from './lease.ts'
import { keyOf } from './stored.ts'
import { readTurn, turnId, type Turn } from './turn.ts'
import { OPERATION_TIMEOUT_MS, serverError } from './server-error.ts'

/** How many devices of an organization are worked on at a time, by all workers together: of its 100 sessions 10 are left to people. */
const SESSIONS = 90
/** Jobs that are sent to the server together. */
const BULK = 1000
/** A job whose worker failed is given to a worker again, as long as that takes; milliseconds until then. */
const ATTEMPTS = 1_000_000
const AGAIN_MS = 1000
/** How long a worker may take to end, milliseconds. */
const CLOSE_MS = 3000

/** What becomes of a device's turn. */
export type TurnEnd = { kind: 'over' } | { kind: 'later'; ms: number }

export interface TakeOptions {
  /** Who takes turns, for people. */
  name: string
  parallel: number
  /** How long a device is this worker's without a renewal, milliseconds. */
  lockMs: number
  /** @param turn undefined: the job says something else */
  work(turn: Turn | undefined, lease: Lease): Promise<TurnEnd>
  /** Called with what went wrong between this worker and the server. */
  onError(error: Error): void
}

/** Turns that are being taken. */
export interface Taking {
  /** Takes one more turn at a time, until the returned function is called. */
  widen(): () => void
  /** Takes nothing more. */
  pause(): Promise<void>
  /** Waits until no turn is being worked on. */
  idle(): Promise<void>
  /** Ends, after a moment for what has been done to be told to the server. */
  close(): Promise<void>
}

/** Gives each device of an organization's runs its turn, on one of many workers: one job of BullMQ for each device. */
export class Turns {
  readonly #connection: EngineConnection
  readonly #queue: Queue
  readonly #name: string
  readonly #clock: Clock

  private constructor(connection: EngineConnection, name: string, clock: Clock) {
    this.#connection = connection
    this.#name = name
    this.#clock = clock
    this.#queue = new Queue(name, { connection: connection.forQueue as never }, connection.backend as never)
    // What fails says so itself.
    this.#queue.on('error', () => {})
  }

  /**
   * Opens the queue of an organization, and makes what it needs on the server.
   * @throws CbcError usage, auth, network
   */
  static async open(url: Secret, organization: string, clock: Clock): Promise<Turns> {
    const connection = await connectTo(url)
    const turns = new Turns(connection, `cbc-${keyOf(organization).slice(0, 32)}`, clock)
    try {
      await turns.#answer(turns.#queue.waitUntilReady())
      await turns.#answer(turns.#queue.setGlobalConcurrency(SESSIONS))
      return turns
    } catch (error) {
      await turns.close()
      throw error
    }
  }

  /** Gives devices a turn; one that has a turn already keeps that. @throws CbcError network */
  async add(turns: readonly Turn[]): Promise<void> {
    for (let at = 0; at < turns.length; at += BULK) {
      const jobs = turns.slice(at, at + BULK).map(turn => ({ name: 'device', data: turn, opts: { ...JOB, jobId: turnId(turn) } }))
      await this.#answer(this.#queue.addBulk(jobs))
    }
  }

  /** How many workers are there. @throws CbcError network */
  async workers(): Promise<number> {
    return await this.#answer(this.#queue.getWorkersCount())
  }

  /** Takes turns until that is ended. @throws CbcError network */
  async take(options: TakeOptions): Promise<Taking> {
    const { parallel, lockMs, name, onError } = options
    const leases = new Map<string, Lease>()
    const clock = this.#clock
    class Renewing extends Worker {
      override async extendJobLocks(ids: string[], tokens: string[], ms: number): Promise<string[]> {
        const from = clock.monotonic()
        const lost = await super.extendJobLocks(ids, tokens, ms)
        for (const id of ids) {
          if (lost.includes(id)) leases.get(id)?.lose('the queue server has given its turn to another worker')
          else leases.get(id)?.renewed(from)
        }
        return lost
      }
    }
    const running = new Set<Promise<void>>()
    const process = async (job: Job, token = ''): Promise<void> => {
      const working = one(job, token)
      running.add(working)
      await working.finally(() => running.delete(working))
    }
    const one = async (job: Job, token: string): Promise<void> => {
      const id = job.id ?? ''
      const lease = new Lease(clock, lockMs, clock.monotonic())
      leases.set(id, lease)
      try {
        // The lease counts from a moment that is known here.
        if ((await worker.extendJobLocks([id], [token], lockMs)).length > 0) throw new Error(`job ${id} has another worker`)
        const end = await options.work(readTurn(job.data), lease)
        if (end.kind === 'over') return
        await job.moveToDelayed(clock.now() + end.ms, token)
        throw new DelayedError()
      } finally {
        lease.close()
        leases.delete(id)
      }
    }
    const worker = new Renewing(
      this.#name,
      process,
      {
        connection: this.#connection.forWorker as never,
        name: name.replace(/[^\w@.-]/g, '_'),
        autorun: false,
        concurrency: parallel,
        lockDuration: lockMs,
        stalledInterval: lockMs / 2,
        maxStalledCount: ATTEMPTS,
        runRetryDelay: AGAIN_MS,
        ...REMOVED,
      },
      this.#connection.backend as never,
    )
    worker.on('error', onError)
    try {
      await this.#answer(worker.waitUntilReady())
    } catch (error) {
      await worker.close(true).catch(() => {})
      throw error
    }
    worker.run().catch(onError)
    return {
      widen() {
        worker.concurrency += 1
        return () => {
          worker.concurrency -= 1
        }
      },
      pause: () => worker.pause(true),
      async idle() {
        while (running.size > 0) await Promise.allSettled([...running])
      },
      async close() {
        await atMost(clock, CLOSE_MS, worker.close())
      },
    }
  }

  async close(): Promise<void> {
    await this.#queue.close().catch(() => {})
    await this.#connection.close()
  }

  /** @throws CbcError network: there is no answer, or it is a failure */
  async #answer<T>(asked: Promise<T>): Promise<T> {
    let stop = () => {}
    const late = new Promise<never>((_, reject) => {
      stop = timer(this.#clock, OPERATION_TIMEOUT_MS, () => reject(serverError(this.#connection.shown, 'network', 'it does not answer')))
    })
    try {
      return await Promise.race([asked, late])
    } catch (error) {
      throw this.#connection.failure(error)
    } finally {
      stop()
    }
  }
}

const REMOVED = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } }
const JOB = { attempts: ATTEMPTS, backoff: { type: 'fixed', delay: AGAIN_MS }, removeOnComplete: true, removeOnFail: true }
