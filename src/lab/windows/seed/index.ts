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

/** A computer as it is before anybody touches it. Each part is made when it is first asked for. */
export interface Seed {
  readonly profile: Profile
  readonly files: SeedNode<FileNode>
  readonly registry: SeedNode<KeyNode>
  readonly processes: readonly Process[]
  readonly events: { logs: readonly string[]; events: readonly LogEvent[] }
}

/**
 * @param born      epoch milliseconds that all of its times are relative to
 * @param inventory what the inventory says of it; what it doesn't say is as the role has it
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
