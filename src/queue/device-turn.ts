import { CbcError } from '../core/errors.ts'
import type { CommandPlace, Target } from '../engine/remote-job.ts'
import { Takeover } from '../engine/takeover.ts'
import { attempt } from '../runs/attempt.ts'
import { Refused } from '../runs/embedded.ts'
import type { Settled } from '../runs/engine.ts'
import { INVENTORY_FRESH_MS } from '../runs/inventory.ts'
import type { DeviceRecord, EndState } from '../runs/journal.ts'
import { now } from '../runs/record.ts'
import { endEntry } from '../runs/run-log.ts'
import type { Claim, RunStore, Taking } from '../runs/run-store.ts'
import type { SessionBudget } from '../runs/session-budget.ts'
import type { Lease } from './lease.ts'
import { noteOf, placeOf } from './noted-place.ts'
import type { Patience } from './patience.ts'
import type { RunInWork } from './run-in-work.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Turn } from './turn.ts'
import type { TurnEnd } from './turns.ts'
import type { WorkerOptions } from './worker-options.ts'

/** What the turns of a worker have in common. */
export interface AtWork {
  options: WorkerOptions
  store: RunStore
  patience: Patience
  budget: SessionBudget<{ device_id: number; status: string }>
  /** Works on one more device at a time, until the returned function is called. */
  widen(): () => void
  /** Aborted when nobody waits any more for what is still to be recorded. */
  given: AbortSignal
}

/** How often the service may refuse a device before that counts as its failure, and the rest after each time, milliseconds. */
const MAX_REFUSALS = 20
const REST_MS = 2000
/** When it is looked again whether the devices that go first are done, milliseconds. */
const FIRST_MS = 3000

const OVER: TurnEnd = { kind: 'over' }
const later = (ms: number): TurnEnd => ({ kind: 'later', ms })

/** One device's turn on this worker. */
export class DeviceTurn {
  readonly #at: AtWork
  readonly #run: RunInWork
  readonly #turn: Turn
  readonly #lease: Lease
  readonly #device: Target
  #isRecorded = false

  constructor(at: AtWork, run: RunInWork, turn: Turn, lease: Lease) {
    this.#at = at
    this.#run = run
    this.#turn = turn
    this.#lease = lease
    this.#device = run.inventory.named(run.device(turn.device_id))
  }

  /** @throws CbcError network: the queue server is away; the lease's reason */
  async take(): Promise<TurnEnd> {
    const { store, options } = this.#at
    const { signal } = this.#lease
    const run = this.#run
    if (run.checked !== undefined) await run.askInventory(this.#device, signal)
    const isAbsent = this.#absence !== undefined && (run.inventory.isPlausible || this.#isPatient)
    // Nothing has changed: it is neither taken nor recorded again.
    if (isAbsent && this.#isPatient && run.waiting.has(this.#device.id) && !(await run.look(store, options.runtime.clock)))
      return later(INVENTORY_FRESH_MS)
    run.waiting.delete(this.#device.id)
    const leave = isAbsent || run.checked === undefined ? () => {} : await this.#at.budget.enter(this.#device.id, signal)
    try {
      const taking = await store.claim(this.#turn.run, this.#device.id, options.name)
      return taking.kind === 'claimed' ? await this.#work(taking, isAbsent) : this.#notTaken(taking)
    } finally {
      leave()
    }
  }

  #notTaken({ kind }: Exclude<Taking, { kind: 'claimed' }>): TurnEnd {
    if (kind === 'later') return later(FIRST_MS)
    if (kind === 'absent') this.#at.options.report({ event: 'ignored', why: `run ${this.#turn.run} has no device ${this.#device.id}` })
    return OVER
  }

  async #work({ claim, before }: Extract<Taking, { kind: 'claimed' }>, isAbsent: boolean): Promise<TurnEnd> {
    const { runtime, report } = this.#at.options
    const { checked, refusal, name } = this.#run
    const takenOver = before.state === 'running'
    if (checked === undefined) return await this.#refuse(claim, before, refusal)
    if (isAbsent && !before.changed) return await this.#offline(claim, this.#settled('offline', this.#absent()))
    const place = before.changed ? placeOf(before.change) : undefined
    if (before.changed && place === undefined)
      return await this.#end(claim, this.#settled('unknown', inDoubt('more than one session was used')))
    report({ event: 'begun', run: name, device: this.#device, takenOver })
    const from = runtime.clock.monotonic()
    try {
      const settled = await this.#attempt(claim, before, place)
      if (this.#lease.isLost && !this.#isRecorded) throw this.#lease.signal.reason as Error
      const { state } = settled
      if (state === 'offline' || state === 'not begun') return await this.#putOff(claim, before, settled)
      return await this.#end(claim, { ...settled, state })
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      return await this.#refused(claim, before, thrown.error, runtime.clock.monotonic() - from)
    }
  }

  async #attempt(claim: Claim, before: DeviceRecord, place: CommandPlace | undefined): Promise<Settled> {
    const { options, budget, widen } = this.#at
    const { checked, inventory, places } = this.#run
    if (checked === undefined || places === undefined) throw new CbcError('internal', 'a run that was not checked')
    const { signal } = this.#lease
    let wide: (() => void) | undefined
    try {
      return await attempt({
        job: checked.job,
        runtime: { ...options.runtime, random: new SeededRandom(`${this.#turn.seed} ${this.#device.id}`) },
        device: this.#device,
        place: places.of(this.#device, signal),
        intent: this.#intents(claim, before, place),
        record: async settled => {
          if (settled.state === 'done') budget.succeeded()
          if (settled.state !== 'not begun' && settled.state !== 'offline') await this.#record(claim, { ...settled, state: settled.state })
        },
        ...(before.state === 'running' ? { takeover: new Takeover(place, before.begun) } : {}),
        absence: () => inventory.absence(this.#device),
        sessions: stop => budget.sessions(stop) as never,
        leaveSlot: () => {
          wide ??= widen()
        },
        signal,
      })
    } finally {
      wide?.()
    }
  }

  /** Notes in the store what is about to be sent, and where: whoever takes the device over looks there. */
  #intents(claim: Claim, before: DeviceRecord, place: CommandPlace | undefined): (change: string, at: CommandPlace) => Promise<void> {
    const { patience, store } = this.#at
    let session = place?.sessionId
    return async (change, at) => {
      const note = session === undefined ? noteOf(change, at) : session === at.sessionId ? before.change : undefined
      session ??= at.sessionId
      const isMine = await patience.insist(() => store.intent(claim, note ?? `${change}, in several sessions`), this.#lease.signal)
      if (!isMine) this.#lease.lose('another worker has the device')
      this.#lease.signal.throwIfAborted()
    }
  }

  /** What was begun came to nothing: the device is waited for, or handed back. */
  async #putOff(claim: Claim, before: DeviceRecord, settled: Settled): Promise<TurnEnd> {
    const { options, store } = this.#at
    if (settled.state === 'offline')
      return before.changed
        ? await this.#end(claim, this.#settled('unknown', inDoubt(`${settled.error?.message ?? 'the device is offline'}`)))
        : await this.#offline(claim, { ...settled, state: 'offline' })
    options.report({ event: 'put off', run: this.#run.name, device: this.#device, why: settled.error?.message ?? 'handed back' })
    // What a worker that is gone may have changed has to be found out by the next one.
    if (!before.changed) await this.#insist(() => store.release(claim, 'not begun'))
    return later(0)
  }

  /** The device is offline: it is waited for, or that is its end. */
  async #offline(claim: Claim, settled: Settled & { state: EndState }): Promise<TurnEnd> {
    const { options, store } = this.#at
    if (!this.#isPatient) return await this.#end(claim, settled)
    options.report({ event: 'put off', run: this.#run.name, device: this.#device, why: settled.error?.message ?? 'offline' })
    await this.#insist(() => store.release(claim, 'waiting'))
    this.#run.waiting.set(this.#device.id, this.#device)
    return later(INVENTORY_FRESH_MS)
  }

  /** The service has too many sessions, or requests. */
  async #refused(claim: Claim, before: DeviceRecord, error: CbcError, ms: number): Promise<TurnEnd> {
    const { budget, store } = this.#at
    budget.refused()
    const { refusals } = this.#run
    const times = (refusals.get(this.#device.id) ?? 0) + 1
    refusals.set(this.#device.id, times)
    if (times >= MAX_REFUSALS)
      return await this.#end(claim, { ...this.#settled(before.changed ? 'unknown' : 'failed', error), duration_ms: ms })
    if (!before.changed) await this.#insist(() => store.release(claim, 'not begun'))
    return later(REST_MS)
  }

  /** The run itself is refused. */
  async #refuse(claim: Claim, before: DeviceRecord, refusal = new CbcError('refused', 'the run was refused')): Promise<TurnEnd> {
    return await this.#end(claim, this.#settled(before.changed ? 'unknown' : 'failed', refusal))
  }

  async #end(claim: Claim, settled: Settled & { state: EndState }): Promise<TurnEnd> {
    await this.#record(claim, settled)
    return OVER
  }

  /** Records the end of the device, as soon as the server can be reached; the token keeps a worker that was cut off from doing harm. */
  async #record(claim: Claim, settled: Settled & { state: EndState }): Promise<void> {
    if (this.#isRecorded || this.#lease.isLost) return
    const { options, store } = this.#at
    const lineOf = this.#run.checked?.lineOf ?? options.lineOf
    const line = await lineOf(settled)
    const entry = { time: now(options.runtime.clock), ...endEntry(settled), state: settled.state }
    const isMine = await this.#insist(() => store.settle(claim, entry, line))
    this.#isRecorded = true
    if (!isMine) return this.#lease.lose('another worker has the device')
    const { error } = settled
    options.report({
      event: 'ended',
      run: this.#run.name,
      device: this.#device,
      state: settled.state,
      ms: settled.duration_ms,
      ...(error === undefined ? {} : { error }),
    })
  }

  async #insist<T>(work: () => Promise<T>): Promise<T> {
    return await this.#at.patience.insist(work, this.#at.given)
  }

  get #absence(): string | undefined {
    return this.#run.inventory.absence(this.#device)
  }

  get #isPatient(): boolean {
    const until = this.#turn.wait_until ?? this.#run.checked?.shared.waitUntil ?? 0
    return this.#at.options.runtime.clock.now() < until && !this.#lease.signal.aborted
  }

  #absent(): CbcError {
    const { id, name = `device ${id}` } = this.#device
    const why = this.#absence
    return new CbcError('timeout', `${name}: is offline${why === undefined ? '' : `, ${why}`}`, { hint: '--wait 24h waits for it' })
  }

  #settled<S extends EndState>(state: S, error: CbcError): Settled & { state: S } {
    return { device: this.#device, state, error: error.with(error.message, { device_id: this.#device.id }), duration_ms: 0, bytes: 0 }
  }
}

function inDoubt(why: string): CbcError {
  return new CbcError('unknown_outcome', `a change was begun by a worker that is gone, and what came of it can't be found out: ${why}`)
}
