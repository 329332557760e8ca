import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Owner } from '../../core/owner.ts'

/**
 * Locks between processes. A lock is a file that names its owner; it comes into being by a hard link to the process's ticket, which
 * either makes the whole file or fails, so there is no lock without an owner's name in it. The lock of a dead process is broken.
 */
export class Locks {
  readonly #folder: string
  readonly #owner: Owner
  readonly #ticket: string

  /**
   * @param folder where the ticket lies; on the same file system as the locks
   * @param key    makes the ticket's name unique among all that ever used the folder
   */
  constructor(folder: string, owner: Owner, key: string) {
    this.#folder = folder
    this.#owner = owner
    this.#ticket = join(folder, `${key}.ticket`)
    this.#sweep()
  }

  /** Does `work` while no other process holds the lock `path`. `work` is synchronous: nobody waits longer than it takes. */
  async hold<R>(path: string, work: () => R): Promise<R> {
    for (let ms = 1; !this.#take(path); ms = Math.min(ms * 2, 16)) {
      if (this.#stale(path)) await this.#break(path)
      // Real time, not the lab's: what is waited for is another process on this machine.
      else await pause(ms)
    }
    try {
      return work()
    } finally {
      rmSync(path, { force: true })
    }
  }

  close(): void {
    rmSync(this.#ticket, { force: true })
  }

  #take(path: string): boolean {
    try {
      linkSync(this.#ticket, path)
      return true
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EEXIST') return false
      if (code !== 'ENOENT') throw error
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      writeFileSync(this.#ticket, this.#owner.self, { mode: 0o600 })
      return false
    }
  }

  #stale(path: string): boolean {
    const holder = ownerIn(path)
    return holder !== undefined && !this.#owner.alive(holder)
  }

  /**
   * Two that find the same dead lock must not both remove it: the second would remove the lock that the first has taken meanwhile. So
   * a lock is broken under a lock of its own, after a second look; a process that dies while breaking leaves one that is broken likewise.
   */
  async #break(path: string): Promise<void> {
    await this.hold(`${path}.break`, () => {
      if (this.#stale(path)) rmSync(path, { force: true })
    })
  }

  /** Tickets of processes that died. */
  #sweep(): void {
    let names: string[]
    try {
      names = readdirSync(this.#folder)
    } catch {
      return
    }
    for (const name of names) {
      if (name.endsWith('.ticket') && this.#stale(join(this.#folder, name))) rmSync(join(this.#folder, name), { force: true })
    }
  }
}

function ownerIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
