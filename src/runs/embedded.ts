import { Bell } from '../core/bell.ts'
import { linked } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { Target } from '../engine/remote-job.ts'
import type { Engine, Settled } from './engine.ts'
import type { Gate } from './gate.ts'
import { INVENTORY_FRESH_MS, type Inventory } from './inventory.ts'

/** The part of a budget of sessions that the engine uses. */
interface Budget {
  enter(deviceId: number, signal: AbortSignal): Promise<() => void>
  refused(): void
  succeeded(): void
}

/** The service refused to open a session, because there are too many of them or of requests; nothing was changed. */
export class Refused extends Error {
  readonly error: CbcError
  constructor(error: CbcError) {
    super(error.message)
    this.error = error
  }
}

export interface EmbeddedOptions {
  /** At most so many devices at a time. */
  parallel: number
  /** How long devices that are offline are waited for, milliseconds. */
  wait: number
  clock: Clock
  budget: Budget
  inventory: Inventory
  gate: Gate
  /**
   * Works on one device.
   * @param leaveSlot called when the device is only waited for, and keeps no other one from its turn
   * @throws Refused
   */
  attempt(device: Target, leaveSlot: () => void, signal: AbortSignal): Promise<Settled>
  /** Records that a device is waited for. */
  waiting(device: Target): void
  /** Records what came of a device. @throws CbcError io */
  record(settled: Settled): Promise<void>
  /** Returns why nothing can be recorded any more. */
  broken(): CbcError | undefined
}

/** How often the service may refuse a device before that counts as its failure. */
const MAX_REFUSALS = 20
/** The longest wait for anything to happen, milliseconds. */
const LONG_MS = 3_600_000

/** Works on the devices of a run from this process alone. */
export class Embedded implements Engine {
  readonly #options: EmbeddedOptions

  constructor(options: EmbeddedOptions) {
    this.#options = options
  }

  async *settle(devices: readonly Target[], outer: AbortSignal): AsyncGenerator<Settled> {
    const link = linked(outer)
    const round = new Round(devices, this.#options, link.signal)
    const over = round.run()
    // Reported where it is awaited.
    over.catch(() => {})
    try {
      yield* round.settled()
    } finally {
      // A consumer that stops reading ends the work.
      if (!round.isOver) link.abort(new CbcError('interrupted', 'interrupted'))
      await over.finally(link.clear)
    }
  }
}

/** One passage over the devices. */
class Round {
  readonly #options: EmbeddedOptions
  readonly #signal: AbortSignal
  readonly #ready: Target[]
  readonly #offline = new Map<number, Target>()
  readonly #refusals = new Map<number, number>()
  readonly #running = new Set<Promise<void>>()
  readonly #out: Settled[] = []
  readonly #bell = new Bell()
  readonly #until: number
  #slots = 0
  #failure: unknown
  isOver = false

  constructor(devices: readonly Target[], options: EmbeddedOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#ready = [...devices]
    this.#until = options.clock.monotonic() + options.wait
  }

  /** Yields what came of the devices, as it comes. */
  async *settled(): AsyncGenerator<Settled> {
    const never = new AbortController().signal
    for (;;) {
      const next = this.#out.shift()
      if (next !== undefined) {
        this.#bell.ring()
        yield next
      } else if (this.isOver) return
      else await this.#bell.heard(this.#options.clock, LONG_MS, never)
    }
  }

  /** @throws CbcError io: what happens can't be recorded */
  async run(): Promise<void> {
    try {
      while (!this.#isEnding && (await this.#step())) continue
    } catch (error) {
      if (!this.#signal.aborted) this.#failure = error
    }
    await Promise.all(this.#running)
    if (!this.#isEnding) for (const device of this.#offline.values()) await this.#absent(device)
    this.isOver = true
    this.#bell.ring()
    const failure = this.#failure ?? this.#options.broken()
    if (failure !== undefined) throw failure
  }

  get #isEnding(): boolean {
    const { gate, broken } = this.#options
    return this.#signal.aborted || gate.stopped !== undefined || broken() !== undefined || this.#failure !== undefined
  }

  /** Begins a device, or waits until one may be begun. @returns false when there is nothing left to begin or to wait for */
  async #step(): Promise<boolean> {
    const { parallel, gate, inventory } = this.#options
    const isIdle = this.#ready.length === 0
    if (isIdle && this.#running.size === 0 && !this.#isWaiting) return false
    if (isIdle || this.#slots >= parallel || !gate.isOpen || this.#out.length > parallel) return await this.#pause()
    await inventory.ask(() => [...this.#ready, ...this.#offline.values()], this.#signal)
    const device = this.#ready.shift()
    if (device === undefined) return true
    if (inventory.absence(device) !== undefined && (inventory.isPlausible || this.#isPatient)) await this.#absent(device)
    else await this.#begin(device)
    return true
  }

  /** Whether devices that are offline may still come back in time. */
  get #isPatient(): boolean {
    return this.#options.clock.monotonic() < this.#until
  }

  get #isWaiting(): boolean {
    return this.#offline.size > 0 && this.#isPatient
  }

  /** Waits until something happens; from time to time the inventory is asked for all devices that are waited for. */
  async #pause(): Promise<true> {
    const { clock, inventory } = this.#options
    const look = this.#isWaiting ? Math.min(INVENTORY_FRESH_MS, this.#until - clock.monotonic()) : LONG_MS
    await this.#bell.heard(clock, Math.max(1, look), this.#signal)
    if (!this.#isWaiting) return true
    await inventory.ask(() => this.#offline.values(), this.#signal)
    for (const device of [...this.#offline.values()]) {
      if (inventory.absence(device) !== undefined) continue
      this.#offline.delete(device.id)
      this.#ready.unshift(device)
    }
    return true
  }

  /** A device is offline: it is waited for, or that is its end. */
  async #absent(device: Target, settled = this.#offlineNow(device)): Promise<void> {
    if (this.#isPatient && !this.#signal.aborted) {
      if (!this.#offline.has(device.id)) this.#options.waiting(device)
      this.#offline.set(device.id, device)
    } else await this.#end(settled)
  }

  #offlineNow(device: Target): Settled {
    const why = this.#options.inventory.absence(device)
    const { id, name = `device ${id}` } = this.#options.inventory.named(device)
    const error = new CbcError('timeout', `${name}: is offline${why === undefined ? '' : `, ${why}`}`, {
      device_id: id,
      hint: '--wait 24h waits for it',
    })
    return { device, state: 'offline', error, duration_ms: 0, bytes: 0 }
  }

  async #begin(device: Target): Promise<void> {
    const { budget, gate, inventory } = this.#options
    let inSlot = true
    const leaveSlot = () => {
      if (inSlot) this.#slots -= 1
      inSlot = false
      this.#bell.ring()
    }
    this.#slots += 1
    gate.began()
    const leaveBudget = await budget.enter(device.id, this.#signal).catch((error: unknown) => {
      leaveSlot()
      throw error
    })
    if (this.#isEnding) {
      leaveBudget()
      return leaveSlot()
    }
    const task: Promise<void> = this.#work(inventory.named(device), leaveSlot)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#running.delete(task)
        leaveBudget()
        leaveSlot()
      })
    this.#running.add(task)
  }

  async #work(device: Target, leaveSlot: () => void): Promise<void> {
    const { attempt, budget, gate, clock } = this.#options
    const from = clock.monotonic()
    try {
      const settled = await attempt(device, leaveSlot, this.#signal)
      if (settled.state === 'done') budget.succeeded()
      if (settled.state !== 'offline') return await this.#end(settled)
      gate.returned()
      await this.#absent(device, settled)
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown
      budget.refused()
      gate.returned()
      const times = (this.#refusals.get(device.id) ?? 0) + 1
      this.#refusals.set(device.id, times)
      if (times < MAX_REFUSALS && !this.#signal.aborted) this.#ready.push(device)
      else if (!this.#signal.aborted)
        await this.#end({ device, state: 'failed', error: thrown.error, duration_ms: clock.monotonic() - from, bytes: 0 })
    }
  }

  async #end(settled: Settled): Promise<void> {
    const { record, gate } = this.#options
    gate.settled(settled)
    try {
      await record(settled)
    } catch (error) {
      this.#failure ??= error
    }
    this.#out.push(settled)
    this.#bell.ring()
  }
}
