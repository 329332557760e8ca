import type { FileNode } from './fs/node.ts'
import type { Changes } from './overlay.ts'
import type { ProcessChanges } from './processes/table.ts'
import type { KeyNode } from './registry/node.ts'

/** What was changed of an endpoint's seed. Plain JSON; an endpoint that nobody touched costs nothing. */
export interface WindowsState {
  files: Changes<FileNode>
  registry: Changes<KeyNode>
  processes: ProcessChanges
  /** When event logs were cleared, epoch milliseconds, by their names; absent: none was. */
  cleared?: Record<string, number>
}

/** An endpoint as it was seeded. */
export function initialWindowsState(): WindowsState {
  return { files: {}, registry: {}, processes: { started: [], ended: [] } }
}
