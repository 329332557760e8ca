import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Owner } from '../../core/owner.ts'

/**
 * Locks between processes. A lock is a file that names its owner. It is created as a hard link to the process's ticket, which either
 * creates the complete file or fails, so that no lock is ever without its owner's name. The lock of a dead process is broken.
 */
export class Locks {
  readonly #folder: string
  readonly #owner: Owner
  readonly #ticket: string

  /**
   * @param folder the ticket's folder; on the same file system as the locks
   * @param key    makes the ticket's name unique among all processes that ever used the folder
   */
  constructor(folder: string, owner: Owner, key: string) {
    this.#folder = folder
    this.#owner = owner
    this.#ticket = join(folder, `${key}.ticket`)
    this.#removeStaleTickets()
  }

  /** Runs `work` while this process holds the lock `path`. `work` is synchronous, so that others wait no longer than it takes. */
  async hold<R>(path: string, work: () => R): Promise<R> {
    for (let ms = 1; !this.#take(path); ms = Math.min(ms * 2, 16)) {
      if (this.#stale(path)) await this.#break(path)
      // Real time, not the lab's: this waits for another process on this machine.
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
   * Removes a dead lock. Two processes that find the same one must not both remove it: the second would remove the lock that the first
   * has taken meanwhile. So a lock is broken under another lock, after a second check. If a process dies while breaking, that other
   * lock is broken in the same way.
   */
  async #break(path: string): Promise<void> {
    await this.hold(`${path}.break`, () => {
      if (this.#stale(path)) rmSync(path, { force: true })
    })
  }

  /** Removes the tickets of processes that died. */
  #removeStaleTickets(): void {
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
