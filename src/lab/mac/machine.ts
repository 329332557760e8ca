import type { Clock, Random } from '../../core/ports.ts'
import type { Blobs, Document } from '../endpoint.ts'
import { once } from '../windows/lazy.ts'
import type { Changes } from '../windows/overlay.ts'
import { Disk } from './disk.ts'
import type { MacNode } from './node.ts'
import { ProcessTable, type ProcessChanges } from './processes.ts'
import type { Seed } from './seed/index.ts'

/** The changes to a Mac's seed. Plain JSON; an unchanged one takes no space. */
export interface MacState {
  files: Changes<MacNode>
  processes: ProcessChanges
}

/** Returns the state of an unchanged Mac. */
export function initialMacState(): MacState {
  return { files: {}, processes: { started: [], ended: [] } }
}

/** The machine at one moment. It must not be kept. */
export interface View {
  readonly disk: Disk
  readonly processes: ProcessTable
  /** Epoch milliseconds. */
  readonly now: number
}

export interface MachineParts {
  seed: Seed
  document: Document<MacState>
  blobs: Blobs
  clock: Clock
  random: Random
}

/** A simulated Mac: its seed and its changes. */
export class Machine {
  readonly seed: Seed
  readonly blobs: Blobs
  readonly clock: Clock
  readonly random: Random
  readonly #document: Document<MacState>

  constructor({ seed, document, blobs, clock, random }: MachineParts) {
    this.seed = seed
    this.blobs = blobs
    this.clock = clock
    this.random = random
    this.#document = document
  }

  /** Changes the machine with exclusive access. */
  change<R>(change: (view: View) => R): Promise<R> {
    return this.#document.update(state => change(this.#view(state)))
  }

  /** Reads from the machine. */
  look<R>(look: (view: View) => R): Promise<R> {
    return this.#document.read(state => look(this.#view(state)))
  }

  /** Each part is made on first use: a command pays only for what it uses. */
  #view(state: MacState): View {
    const now = this.clock.now()
    const { seed } = this
    const disk = once(() => new Disk(seed.files, state.files, now))
    const processes = once(() => new ProcessTable(seed.processes, state.processes, now))
    return {
      now,
      get disk() {
        return disk()
      },
      get processes() {
        return processes()
      },
    }
  }
}
