import { cleanupSignalOf, sharedController } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { SessionBudget } from '../runs/session-budget.ts'
import { atMost } from './at-most.ts'
import { DeviceTurn, type AtWork } from './device-turn.ts'
import type { Lease } from './lease.ts'
import { Patience } from './patience.ts'
import { openQueueServer, type QueueServer } from './queue-server.ts'
import { RunsInWork } from './run-in-work.ts'
import type { Turn } from './turn.ts'
import type { Taking, TurnEnd } from './turns.ts'
import type { WorkerOptions } from './worker-options.ts'
import { serverUrl } from './server-url.ts'

/** How often it is looked whether runs were stopped, milliseconds. */
const LOOK_EVERY_MS = 2000
/** How often the server is asked whether it is there, milliseconds: one that hangs says nothing by itself. */
const PING_EVERY_MS = 10_000
/** How long devices that are handed back may take for that, milliseconds. */
const TIDY_MS = 15_000

/**
 * Takes devices of the organization's runs from a queue server and works on them, until it is told to end.
 * @throws CbcError usage, auth: the server can't be used
 */
export async function work(options: WorkerOptions): Promise<void> {
  const { runtime, url, interrupt, report } = options
  const { clock, connection } = runtime
  const patience = new Patience(clock, why => report(why === undefined ? { event: 'back' } : { event: 'away', why }))
  const server = await patience.insist(() => openQueueServer(url, connection.place, clock), interrupt)
  const budget = new SessionBudget({ clock, list: stop => connection.liveResponse.listSessions({ signal: stop }) })
  const stopListening = connection.onRefusal(() => budget.refused())
  const over = sharedController()
  try {
    const worker = new Worker(options, server, patience, budget, over.signal)
    const taking = await patience.insist(() => worker.take(), interrupt)
    report({ event: 'ready', server: serverUrl(url).shown, name: options.name, parallel: options.parallel })
    await aborted(interrupt)
    await worker.end(taking)
  } finally {
    over.abort(new CbcError('interrupted', 'the worker has ended'))
    stopListening()
    await server.close()
  }
}

/** A worker that is at work. */
class Worker {
  readonly #options: WorkerOptions
  readonly #server: QueueServer
  readonly #patience: Patience
  readonly #at: AtWork
  readonly #runs: RunsInWork
  readonly #leases = new Set<Lease>()
  readonly #over: AbortSignal
  #widen: Taking['widen'] = () => () => {}
  #isLooking = false

  constructor(options: WorkerOptions, server: QueueServer, patience: Patience, budget: AtWork['budget'], over: AbortSignal) {
    this.#options = options
    this.#server = server
    this.#patience = patience
    this.#over = over
    this.#runs = new RunsInWork(server.store, options)
    this.#at = { options, store: server.store, patience, budget, widen: () => this.#widen(), given: over }
  }

  async take(): Promise<Taking> {
    const { name, parallel, lockMs } = this.#options
    const taking = await this.#server.turns.take({
      name,
      parallel,
      lockMs,
      work: (turn, lease) => this.#work(turn, lease),
      onError: () => this.#suspect(),
    })
    this.#widen = () => taking.widen()
    void this.#watchRuns().catch(() => {})
    void this.#watchServer().catch(() => {})
    return taking
  }

  /** Takes nothing more; what runs may finish, then it is handed back. A second Ctrl-C ends everything at once. */
  async end(taking: Taking): Promise<void> {
    const { report, grace, interrupt, runtime } = this.#options
    report({ event: 'ending', running: this.#leases.size })
    const leave = cleanupSignalOf(interrupt)
    leave?.addEventListener('abort', () => this.#each(lease => lease.lose('the worker was ended')), { once: true })
    await taking.pause()
    const idle = taking.idle()
    await atMost(runtime.clock, grace, idle, leave)
    this.#each(lease => lease.end(new CbcError('interrupted', 'the worker was told to end')))
    await atMost(runtime.clock, TIDY_MS, idle, leave)
    await taking.close()
    report({ event: 'ended all' })
  }

  async #work(turn: Turn | undefined, lease: Lease): Promise<TurnEnd> {
    const run = turn === undefined ? undefined : await this.#runs.open(turn.run)
    if (turn === undefined || run === undefined) {
      const why = turn === undefined ? 'a job of the queue is none of cbc' : `run ${turn.run} is not known to the queue server`
      this.#options.report({ event: 'ignored', why })
      return { kind: 'over' }
    }
    this.#leases.add(lease)
    run.leases.add(lease)
    try {
      return await new DeviceTurn(this.#at, run, turn, lease).take()
    } finally {
      this.#leases.delete(lease)
      run.leases.delete(lease)
    }
  }

  #each(act: (lease: Lease) => void): void {
    for (const lease of this.#leases) act(lease)
  }

  /** Something went wrong with the server: it is asked until it answers, so that its absence is told. */
  #suspect(): void {
    if (this.#isLooking || this.#over.aborted) return
    this.#isLooking = true
    void this.#patience
      .insist(() => this.#server.ping(), this.#over)
      .catch(() => {})
      .finally(() => {
        this.#isLooking = false
      })
  }

  async #watchServer(): Promise<void> {
    for (;;) {
      await this.#options.runtime.clock.sleep(PING_EVERY_MS, this.#over)
      this.#suspect()
    }
  }

  /** Ends what is done for runs that were cancelled meanwhile. */
  async #watchRuns(): Promise<void> {
    for (;;) {
      await this.#options.runtime.clock.sleep(LOOK_EVERY_MS, this.#over)
      for await (const run of this.#runs.all())
        if (run.leases.size > 0) await run.look(this.#server.store, this.#options.runtime.clock).catch(() => this.#suspect())
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
}
