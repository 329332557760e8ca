import { once } from '../../windows/lazy.ts'
import type { SeedNode } from '../../windows/overlay.ts'
import type { MacNode } from '../node.ts'
import type { MacProcess } from '../processes.ts'
import { treeOf } from './entry.ts'
import { processes } from './processes.ts'
import { makeProfile, type Inventory, type Profile } from './profile.ts'
import { systemEntries } from './system.ts'
import { userEntries } from './users.ts'

export type { Inventory } from './profile.ts'

/** A Mac in its initial state. Each part is made on first use. */
export interface Seed {
  readonly profile: Profile
  readonly files: SeedNode<MacNode>
  readonly processes: readonly MacProcess[]
}

/** Makes a Mac. @param born the time that all its times are relative to, epoch milliseconds */
export function makeSeed(inventory: Inventory, born: number): Seed {
  const profile = makeProfile(inventory, born)
  const files = once(() => treeOf([...systemEntries(profile), ...userEntries(profile)], profile.installed))
  const running = once(() => processes(profile))
  return {
    profile,
    get files() {
      return files()
    },
    get processes() {
      return running()
    },
  }
}
