import { asCbcError, CbcError } from '../core/errors.ts'
import type { FileStore } from '../core/file-store.ts'
import { noFiles } from '../core/no-files.ts'
import type { Clock } from '../core/ports.ts'
import type { Target } from '../engine/remote-job.ts'
import { Inventory } from '../runs/inventory.ts'
import { CANCELLED } from '../runs/record.ts'
import { Places } from '../runs/places.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { Lease } from './lease.ts'
import type { CheckedRun, WorkerOptions } from './worker-options.ts'

/** How old may be what is known of whether a run was stopped, milliseconds. */
const FRESH_MS = 2000
/** Runs that a worker remembers. */
const MAX_RUNS = 32

/** A run that this worker has devices of. */
export class RunInWork {
  readonly name: string
  /** What it says; absent where that was refused. */
  readonly checked: CheckedRun | undefined
  readonly refusal: CbcError | undefined
  readonly inventory: Inventory
  /** Where its devices put files. */
  readonly places: Places | undefined
  /** Devices that are recorded as waited for. */
  readonly waiting = new Map<number, Target>()
  /** The devices that this worker is at. */
  readonly leases = new Set<Lease>()
  readonly refusals = new Map<number, number>()
  readonly #devices: Map<number, Target>
  #isAsked = false
  #looked = 0

  constructor(name: string, checked: CheckedRun | undefined, refusal: CbcError | undefined, inventory: Inventory, files?: FileStore) {
    this.name = name
    this.checked = checked
    this.refusal = refusal
    this.inventory = inventory
    this.places = checked && placesOf(checked, files)
    this.#devices = new Map(checked?.shared.record.devices.map(device => [device.id, device]))
  }

  /** A device as the run's record names it. */
  device(id: number): Target {
    return this.#devices.get(id) ?? { id }
  }

  /** Asks the inventory: first for all devices of the run, then for those that are waited for, about once a minute. */
  async askInventory(device: Target, signal: AbortSignal): Promise<void> {
    const wanted = () => (this.#isAsked ? [device, ...this.waiting.values()] : [...this.#devices.values()])
    await this.inventory.ask(() => {
      const ids = wanted()
      this.#isAsked = true
      return ids
    }, signal)
  }

  /** Looks whether the run was stopped; those that work on it are ended when it was cancelled. @throws CbcError network */
  async look(store: RunStore, clock: Clock): Promise<boolean> {
    if (clock.monotonic() - this.#looked < FRESH_MS && this.#looked > 0) return false
    this.#looked = clock.monotonic()
    const { stopped } = (await store.read(this.name)) ?? { stopped: CANCELLED }
    if (stopped === CANCELLED) for (const lease of this.leases) lease.end(new CbcError('interrupted', 'cancelled with `cbc run cancel`'))
    return stopped !== undefined
  }
}

/** Files of a run go to the worker's store, and nowhere else. */
function placesOf({ job: { verb }, maxBytes, shared: { record } }: CheckedRun, files: FileStore | undefined): Places {
  return new Places({
    local: NO_FILES,
    brings: verb.brings,
    limits: { each: maxBytes },
    devices: record.devices,
    full() {},
    store: files && { files, run: record.run },
  })
}

/** A run reads and writes no files of the worker's machine. */
const NO_FILES = noFiles('a worker has no local files for runs')

/** The runs that this worker has devices of. */
export class RunsInWork {
  readonly #store: RunStore
  readonly #options: WorkerOptions
  readonly #runs = new Map<string, Promise<RunInWork | undefined>>()

  constructor(store: RunStore, options: WorkerOptions) {
    this.#store = store
    this.#options = options
  }

  /** Opens a run, once; undefined where there is none. @throws CbcError network */
  async open(name: string): Promise<RunInWork | undefined> {
    let run = this.#runs.get(name)
    if (run === undefined) {
      run = this.#open(name)
      this.#runs.set(name, run)
      this.#forget()
    }
    try {
      const opened = await run
      if (opened === undefined) this.#runs.delete(name)
      return opened
    } catch (error) {
      this.#runs.delete(name)
      throw error
    }
  }

  /** All that are open. */
  async *all(): AsyncGenerator<RunInWork> {
    for (const opening of [...this.#runs.values()]) {
      const run = await opening.catch(() => undefined)
      if (run !== undefined) yield run
    }
  }

  async #open(name: string): Promise<RunInWork | undefined> {
    const { check, runtime } = this.#options
    const found = await this.#store.read(name)
    if (found === undefined) return undefined
    const inventory = new Inventory(runtime.connection.devices, runtime.clock)
    try {
      const checked = await check(found.shared)
      if (checked.shared.record.run !== name) throw new CbcError('refused', `run ${name}: its record names another run`)
      return new RunInWork(name, checked, undefined, inventory, this.#options.files)
    } catch (error) {
      return new RunInWork(name, undefined, asCbcError(error), inventory)
    }
  }

  #forget(): void {
    const [oldest] = this.#runs.keys()
    if (this.#runs.size > MAX_RUNS && oldest !== undefined) this.#runs.delete(oldest)
  }
}
