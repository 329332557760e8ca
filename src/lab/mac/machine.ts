import { SimulatedMachine } from '../simulated-machine.ts'
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

/** A simulated Mac. */
export class Machine extends SimulatedMachine<Seed, MacState, View> {
  protected override view(state: MacState): View {
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
