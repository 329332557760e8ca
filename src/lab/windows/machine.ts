import { SimulatedMachine } from '../simulated-machine.ts'
import { EventLogs } from './events/logs.ts'
import { FileSystem } from './fs/file-system.ts'
import { Shadows } from './fs/shadows.ts'
import { once } from './lazy.ts'
import { ProcessTable } from './processes/table.ts'
import { Registry } from './registry/registry.ts'
import type { Seed } from './seed/index.ts'
import type { WindowsState } from './state.ts'

/** The machine at one moment. It must not be kept. */
export interface View {
  readonly files: FileSystem
  readonly registry: Registry
  readonly processes: ProcessTable
  readonly events: EventLogs
  readonly shadows: Shadows
  /** Epoch milliseconds. */
  readonly now: number
}

/** A simulated computer with Windows. */
export class Machine extends SimulatedMachine<Seed, WindowsState, View> {
  protected override view(state: WindowsState): View {
    const { seed, random, clock } = this
    const now = clock.now()
    const { profile } = seed
    const processes = once(() => new ProcessTable({ seed: seed.processes, changes: state.processes, now, random }))
    const filesWith = (changes: WindowsState['files']) =>
      new FileSystem({ seed: seed.files, changes, now, free: profile.free, use: path => processes().use(path) })
    const files = once(() => filesWith(state.files))
    const shadows = once(
      () =>
        new Shadows({
          shadows: state.shadows ?? [],
          keep: shadows => {
            state.shadows = shadows
          },
          now: () => ({ time: now, files: state.files }),
          open: filesWith,
        }),
    )
    const registry = once(() => new Registry({ seed: seed.registry, changes: state.registry, now, sid: profile.user.sid }))
    const events = once(
      () =>
        new EventLogs({
          seed: seed.events,
          cleared: state.cleared ?? {},
          computer: profile.name,
          clear: log => {
            ;(state.cleared ??= {})[log] = now
          },
        }),
    )
    return {
      now,
      get files() {
        return files()
      },
      get registry() {
        return registry()
      },
      get processes() {
        return processes()
      },
      get events() {
        return events()
      },
      get shadows() {
        return shadows()
      },
    }
  }
}
