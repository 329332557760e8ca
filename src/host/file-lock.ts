import { mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Random } from '../core/ports.ts'
import { Locks } from '../lab/store/locks.ts'
import { ownerOf } from '../core/owner.ts'
import { processes } from './processes.ts'

/** Does `work` while no other run of the program works on the same file; see the port. The lock is a file beside it. */
export async function exclusively<T>(file: string, work: () => T, random: Random): Promise<T> {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const locks = new Locks(folder, ownerOf(processes), `.${basename(file)}.${random.uuid()}`)
  try {
    return await locks.hold(join(folder, `.${basename(file)}.lock`), work)
  } finally {
    locks.close()
  }
}
