import type { Clock, Random } from '../../core/ports.ts'
import type { Blobs, Document } from '../endpoint.ts'
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

export interface MachineOptions {
  seed: Seed
  document: Document<WindowsState>
  blobs: Blobs
  clock: Clock
  random: Random
}

/** A simulated computer: its seed and its changes, with methods to read and change it. */
export class Machine {
  readonly seed: Seed
  readonly blobs: Blobs
  readonly clock: Clock
  readonly random: Random
  private readonly options: MachineOptions

  constructor(options: MachineOptions) {
    this.options = options
    this.seed = options.seed
    this.blobs = options.blobs
    this.clock = options.clock
    this.random = options.random
  }

  /** Changes the machine with exclusive access. If `change` throws, what it changed before is kept: it must check first. */
  change<R>(change: (view: View) => R): Promise<R> {
    return this.options.document.update(state => change(this.view(state)))
  }

  /** Reads from the machine. */
  look<R>(look: (view: View) => R): Promise<R> {
    return this.options.document.read(state => look(this.view(state)))
  }

  /** Each part is made on first use: a command pays only for what it uses. */
  private view(state: WindowsState): View {
    const { seed, random, clock } = this.options
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
