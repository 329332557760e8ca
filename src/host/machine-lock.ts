import { readFileSync, readlinkSync } from 'node:fs'
import { open, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { ownerOf } from '../core/owner.ts'
import type { Clock, Random } from '../core/ports.ts'
import { processes } from './processes.ts'

/** How often a holder renews its lock, and after how long without that it counts as dead; milliseconds. */
const RENEW_MS = 2000
const DEAD_MS = 30_000
/** After how long a lock without a name counts as that of a process which died before it wrote its name; milliseconds. */
const UNNAMED_DEAD_MS = 5000
/** The longest pause between two attempts to take a lock, milliseconds. */
const MAX_PAUSE_MS = 16

/**
 * A lock between processes of this machine and of others that share a folder. It is a file that names its holder, and that only one can
 * create. The lock of a dead process is broken: at once if that process was one of this machine; otherwise, as nobody can look into another
 * machine, once the lock was not renewed for half a minute. One that nobody wrote a name into is broken after five seconds.
 */
export class MachineLock {
  readonly #path: string
  readonly #clock: Clock
  readonly #random: Random

  constructor(path: string, clock: Clock, random: Random) {
    this.#path = path
    this.#clock = clock
    this.#random = random
  }

  /**
   * Does `work` while nobody else holds the lock.
   * @param work gets what it has to ask right before it writes: whether the lock is still held, which it may not be after this machine slept
   * @throws the system's errors; what `work` throws
   */
  async hold<T>(work: (isHeld: () => Promise<boolean>) => Promise<T>): Promise<T> {
    const name = `${SELF} ${this.#random.uuid()}`
    await this.#take(name)
    const isOurs = async () => (await holderOf(this.#path))?.startsWith(name) === true
    const stop = this.#renew(name)
    try {
      return await work(isOurs)
    } finally {
      await stop()
      if (await isOurs()) await rm(this.#path, { force: true })
    }
  }

  async #take(name: string): Promise<void> {
    let seen: { holder: string; since: number } | undefined
    for (let ms = 1; !(await create(this.#path, name)); ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
      const holder = await holderOf(this.#path)
      if (holder === undefined) continue
      const now = this.#clock.monotonic()
      if (seen?.holder !== holder) seen = { holder, since: now }
      if (isDead(holder) || now - seen.since > (holder === '' ? UNNAMED_DEAD_MS : DEAD_MS)) await this.#break(holder)
      else await this.#clock.sleep(this.#random.below(ms) + 1)
    }
  }

  /** Removes a dead lock. Two that find the same one must not both remove it: the second would remove the lock that the first has taken meanwhile. */
  async #break(holder: string): Promise<void> {
    await new MachineLock(`${this.#path}.break`, this.#clock, this.#random).hold(async () => {
      if ((await holderOf(this.#path)) === holder) await rm(this.#path, { force: true })
    })
  }

  /** Shows those who wait that the holder lives, until the returned function is called. */
  #renew(name: string): () => Promise<void> {
    const ended = new AbortController()
    const renewing = (async () => {
      for (let count = 1; ; count++) {
        await this.#clock.sleep(RENEW_MS, ended.signal)
        // After this machine slept, the lock may be another's.
        if ((await holderOf(this.#path))?.startsWith(name) !== true) return
        // Whatever is wrong with the folder, the work itself will meet it.
        const file = await open(this.#path, 'r+')
        await file.writeFile(`${name} ${count}`).finally(() => file.close())
      }
    })().catch(() => {})
    return async () => {
      ended.abort()
      await renewing
    }
  }
}

/** This machine and process, by a name that no other process has: machines can have the same name, and containers the same process numbers. */
const SELF = `${[hostname(), textOf('/proc/sys/kernel/random/boot_id'), pidNamespace()].join('/').replace(/\s/g, '-')} ${ownerOf(processes).self}`

/** Whether a holder was a process of this machine that is gone. The name is empty for a moment, or for good if its process died in that moment. */
function isDead(holder: string): boolean {
  const [machine, who] = holder.split(' ')
  return machine === SELF.split(' ')[0] && who !== undefined && !ownerOf(processes).alive(who)
}

async function create(path: string, name: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  if (file === undefined) return false
  try {
    await file.writeFile(name)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return true
}

async function holderOf(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
