import type { LogEvent } from '../events/event.ts'
import type { FileNode } from '../fs/node.ts'
import { once } from '../lazy.ts'
import type { SeedNode } from '../overlay.ts'
import type { Process } from '../processes/table.ts'
import type { KeyNode } from '../registry/node.ts'
import { LOG_NAMES, seedEvents } from './events.ts'
import { seedFiles } from './files.ts'
import { seedProcesses } from './processes.ts'
import type { InventoryRecord, Profile } from './profile.ts'
import { makeProfile } from './profiles.ts'
import { seedRegistry } from './registry.ts'
import type { WindowsRole } from './role.ts'

/** A computer in its initial state. Each part is made on first use. */
export interface Seed {
  readonly profile: Profile
  readonly files: SeedNode<FileNode>
  readonly registry: SeedNode<KeyNode>
  readonly processes: readonly Process[]
  readonly events: { logs: readonly string[]; events: readonly LogEvent[] }
}

/**
 * Makes a computer.
 * @param born      the time that all its times are relative to, epoch milliseconds
 * @param inventory the inventory's facts about it; the others come from its role
 */
export function makeSeed(role: WindowsRole, name: string, born: number, inventory: InventoryRecord): Seed {
  const profile = makeProfile(role, name, born, inventory)
  const files = once(() => seedFiles(profile))
  const registry = once(() => seedRegistry(profile))
  const processes = once(() => seedProcesses(profile))
  const events = once(() => ({ logs: LOG_NAMES, events: seedEvents(profile, processes()) }))
  return {
    profile,
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
  }
}
