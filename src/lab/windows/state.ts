import type { FileNode } from './fs/node.ts'
import type { Shadow } from './fs/shadows.ts'
import type { Changes } from './overlay.ts'
import type { ProcessChanges } from './processes/table.ts'
import type { KeyNode } from './registry/node.ts'

/** The changes to an endpoint's seed. Plain JSON; an unchanged endpoint takes no space. */
export interface WindowsState {
  files: Changes<FileNode>
  registry: Changes<KeyNode>
  processes: ProcessChanges
  /** When event logs were cleared, epoch milliseconds, by their names; absent when none was. */
  cleared?: Record<string, number>
  /** Shadow copies of its volumes; absent when there never was one. */
  shadows?: Shadow[]
}

/** Returns the state of an unchanged endpoint. */
export function initialWindowsState(): WindowsState {
  return { files: {}, registry: {}, processes: { started: [], ended: [] } }
}
