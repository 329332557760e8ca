import { createHash, type Hash } from 'node:crypto'
import { Attempts } from '../core/attempts.ts'
import { EndlessContentError } from '../core/bounded.ts'
import { CbcError } from '../core/errors.ts'
import type { LocalPart, LocalTarget } from '../core/ports.ts'
import { retry, type AfterFailure } from '../core/retry.ts'
import { parseTime } from '../core/time.ts'
import { statForOpening, statIfThere } from './files.ts'
import type { RemoteSession } from './session.ts'
import { fetchBytes, type Transferred, type TransferWork } from './transfer.ts'

/** What the endpoint's listing says of a file. */
export interface Listed {
  /** Bytes. Absent when the file can't be listed. */
  size?: number | undefined
  /** Milliseconds since 1970. */
  modified?: number | undefined
}

export type DownloadWork = TransferWork & {
  keepCloudCopy?: boolean
  /** Leave no `.part` file when the download is given up. */
  noKeep?: boolean
  /** Called when a `.part` file is left that can be resumed. */
  kept?: () => void
}

/** How many bytes at the end of the local part are fetched again, to check that it is the beginning of the same file. */
const OVERLAP_BYTES = 64 * 1024

/**
 * Downloads a whole file into a local target and checks its size against the endpoint's. It resumes after the part that the target holds
 * already, if that is the file's beginning, and also when the connection was cut or the session replaced.
 * @param expected what the endpoint lists
 * @throws CbcError network: the bytes were cut short, the size differs, or more came than the file has. Then nothing stays under the final
 *   name; a download that was cut leaves its `.part` file
 */
export async function download(
  session: RemoteSession,
  path: string,
  target: LocalTarget,
  expected: Listed,
  work: DownloadWork,
): Promise<Transferred> {
  const file = new IncomingFile(session, path, target, expected, work)
  let whole = false
  try {
    await file.fetch()
    await file.check()
    whole = true
    await target.commit(file.expected.modified)
  } catch (error) {
    if (
      !whole &&
      target.keep !== undefined &&
      file.size > 0 &&
      isWorthKeeping(error, work.signal, work.noKeep === true && target.held === undefined)
    ) {
      await target.keep()
      work.kept?.()
    } else await target.discard()
    throw error
  } finally {
    work.progress.end()
  }
  return { size: file.size, sha256: file.hash.digest('hex') }
}

/** Whether what was downloaded is the file's beginning: the connection was cut, or the work given up. */
function isWorthKeeping(error: unknown, { aborted }: AbortSignal, noKeep: boolean): boolean {
  if (error instanceof Changed || error instanceof EndlessContentError || noKeep) return false
  return aborted || (error instanceof CbcError && ['network', 'timeout', 'interrupted'].includes(error.code))
}

/** The file changed on the endpoint. */
class Changed extends CbcError {}

/** A download under way. */
class IncomingFile {
  readonly #session: RemoteSession
  readonly #path: string
  readonly #target: LocalTarget
  /** What the endpoint last listed. */
  expected: Listed
  readonly #work: DownloadWork & { attempts: Attempts }
  hash: Hash = createHash('sha256')
  /** Bytes in the target. */
  size = 0
  /** Whether the bytes in the target were fetched in several pieces. */
  #isInPieces = false
  /** Whether the service says that it delivered all that it staged. */
  #serviceSentAll = false

  constructor(session: RemoteSession, path: string, target: LocalTarget, expected: Listed, work: DownloadWork) {
    this.#session = session
    this.#path = path
    this.#target = target
    this.expected = expected
    this.#work = { ...work, attempts: new Attempts(session.clock) }
  }

  async fetch(): Promise<void> {
    const { held, unused } = this.#target
    if (unused !== undefined) this.#session.notice(`${unused}; it is downloaded from the beginning`)
    if (held !== undefined && !(await this.#canResumeAfter(held)))
      await this.#restart('what an earlier run left is not the beginning of the file as it is now')
    await this.#retryWhileProgressing(() => this.#fetchRest())
    // Pieces fetched at different times make one file only if it didn't change in between.
    if (this.#isInPieces && !(await this.#isUnchanged())) {
      await this.#restart('the file changed while it was downloaded')
      await this.#retryWhileProgressing(() => this.#fetchRest())
      if (this.#isInPieces && !(await this.#isUnchanged()))
        throw new Changed('network', `${this.#path}: keeps changing while it is downloaded`, {
          hint: 'try again',
          device_id: this.#session.device.id,
        })
    }
  }

  /** @throws CbcError network */
  async check(): Promise<void> {
    const { size } = this.expected
    if (size === undefined || this.size === size) return
    const now = this.#serviceSentAll ? this.size : ((await statIfThere(this.#session, this.#path, this.#work))?.size ?? undefined)
    if (now === this.size) return this.#session.notice(`${this.#path}: ${this.size} bytes came, where the endpoint had listed ${size}`)
    const message = `${this.#path}: got ${this.size} of ${now ?? size} bytes`
    const facts = { hint: 'the file may be changing, or the transfer was cut: try again', device_id: this.#session.device.id }
    throw this.size < (now ?? size) ? new CbcError('network', message, facts) : new Changed('network', message, facts)
  }

  async #restart(why: string): Promise<void> {
    this.#session.notice(`${this.#path}: ${why}; it is downloaded from the beginning`)
    await this.#target.drop?.()
    this.hash = createHash('sha256')
    this.size = 0
    this.#isInPieces = false
  }

  /** Whether an earlier run's part belongs to a file of the same time and size, and its last bytes match the file. */
  async #canResumeAfter(held: LocalPart): Promise<boolean> {
    const { size, modified } = this.expected
    if (modified === undefined || size === undefined || held.modified !== modified || held.size > size || (held.whole ?? size) !== size)
      return false
    const tail = await this.#readHeld(held)
    this.#isInPieces = true
    if (tail.length > 0 && !(await this.#retryWhileProgressing(() => this.#remoteHas(tail)))) return false
    this.#session.notice(
      `${this.#path}: the first ${held.size} bytes are from an earlier run, when the file had the same time${held.whole === undefined ? '' : ' and size'}; the last ${tail.length} of them were compared`,
    )
    return true
  }

  /** Whether the endpoint lists the file as before. From now on, what it lists now is expected. */
  async #isUnchanged(): Promise<boolean> {
    const { size, modified } = this.expected
    const now = await statForOpening(this.#session, this.#path, this.#work)
    this.expected = { size: now?.size ?? undefined, modified: parseTime(now?.['last_write_time']) }
    return now !== undefined && this.expected.size === size && this.expected.modified === modified
  }

  /** Counts and hashes the part that the target holds. @returns its last bytes */
  async #readHeld(held: LocalPart): Promise<Buffer> {
    let tail = Buffer.alloc(0)
    for await (const chunk of held.bytes()) {
      this.hash.update(chunk)
      this.size += chunk.length
      tail = Buffer.concat([tail.subarray(-OVERLAP_BYTES), chunk])
    }
    return Buffer.from(tail.subarray(-OVERLAP_BYTES))
  }

  /** Repeats a step after the connection was cut, as long as that makes progress. */
  async #retryWhileProgressing<T>(step: () => Promise<T>): Promise<T> {
    const { attempts, signal } = this.#work
    let [sessionId, before] = [this.#session.id, this.size]
    const attempt = async (): Promise<T> => {
      ;[sessionId, before] = [this.#session.id, this.size]
      return await step()
    }
    const judge = async (error: unknown): Promise<AfterFailure<T>> => {
      if (this.size - before >= OVERLAP_BYTES) attempts.renew()
      if (!attempts.take({ signal }) || !(await this.#canGoOn(error, sessionId))) throw error
      return { retryIn: 0 }
    }
    return await retry(attempt, judge, { clock: this.#session.clock, signal })
  }

  /** Whether the endpoint's file has these bytes just before the current size. */
  async #remoteHas(tail: Buffer): Promise<boolean> {
    const range = { offset: this.size - tail.length, length: tail.length }
    let seen = 0
    for await (const chunk of fetchBytes(this.#session, this.#path, range, { ...this.#work, keepCloudCopy: false })) {
      if (!tail.subarray(seen, seen + chunk.length).equals(chunk)) return false
      seen += chunk.length
    }
    return seen === tail.length
  }

  /** Fetches what is missing. */
  async #fetchRest(): Promise<void> {
    if (this.size > 0 && this.size === this.expected.size) return
    const { progress } = this.#work
    // A download that was cut is resumed only if it is still the same file.
    if (this.size > 0 && !(await this.#isUnchanged())) await this.#restart('the file changed while it was downloaded')
    const { size, modified } = this.expected
    const before = this.size
    if (before > 0) this.#isInPieces = true
    const differs = () => {
      this.#serviceSentAll = true
    }
    for await (const chunk of fetchBytes(
      this.#session,
      this.#path,
      { offset: before },
      { ...this.#work, expected: size === undefined ? undefined : size - before, differs },
    )) {
      if (this.size === before) progress.step(this.#session.paths.base(this.#path), this.expected.size)
      const written = this.#target.write(chunk)
      // Hashed while it is written.
      this.hash.update(chunk)
      await written
      if (modified !== undefined && size !== undefined) await this.#target.note?.({ size, modified })
      this.size += chunk.length
      progress.at(this.size)
    }
  }

  /** Whether the download can go on after a failure: the connection was cut, or the session was replaced. */
  async #canGoOn(error: unknown, sessionId: string): Promise<boolean> {
    const { signal } = this.#work
    if (error instanceof EndlessContentError) return false
    if (error instanceof CbcError && error.code === 'network') return !signal.aborted
    return await this.#session.recover(error, sessionId, signal)
  }
}
