import { createHash, type Hash } from 'node:crypto'
import { Attempts } from '../core/attempts.ts'
import { EndlessContentError } from '../core/bounded.ts'
import { CbcError } from '../core/errors.ts'
import type { LocalPart, LocalTarget } from '../core/ports.ts'
import { parseTime } from '../core/time.ts'
import { look, statIfThere } from './files.ts'
import type { RemoteSession } from './session.ts'
import { fetchBytes, type Transferred, type TransferWork } from './transfer.ts'

/** A file as the endpoint lists it. */
export interface Listed {
  /** Bytes. Absent where it can't be listed. */
  size?: number | undefined
  /** Milliseconds since 1970. */
  modified?: number | undefined
}

export type DownloadWork = TransferWork & {
  keepCloudCopy?: boolean
  /** Leave no `.part` of a download that is given up. */
  noKeep?: boolean
  /** Called where a `.part` is left that can be gone on with. */
  kept?: () => void
}

/** So many bytes at the end of what is held are fetched again, to see that it is the beginning of the same file. */
const OVERLAP_BYTES = 64 * 1024

/**
 * Downloads a whole file into a local target and checks its size against the endpoint's. It goes on after what the target holds already, if
 * that is
 * the file's beginning; it also goes on where the line was cut or its session was replaced meanwhile.
 * @param expected as the endpoint lists it
 * @throws CbcError network: the bytes were cut short, or the size differs, or more came than there is; nothing stays under the final name
 *   then, and of a cut download its `.part`
 */
export async function download(
  session: RemoteSession,
  path: string,
  target: LocalTarget,
  expected: Listed,
  work: DownloadWork,
): Promise<Transferred> {
  const file = new Incoming(session, path, target, expected, work)
  let whole = false
  try {
    await file.take()
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

/** What came before the line was cut, or the work was given up, is the file's beginning. */
function isWorthKeeping(error: unknown, { aborted }: AbortSignal, noKeep: boolean): boolean {
  if (error instanceof Changed || error instanceof EndlessContentError || noKeep) return false
  return aborted || (error instanceof CbcError && ['network', 'timeout', 'interrupted'].includes(error.code))
}

/** The file is no longer what it was. */
class Changed extends CbcError {}

/** A file on its way. */
class Incoming {
  readonly #session: RemoteSession
  readonly #path: string
  readonly #target: LocalTarget
  /** As the endpoint lists it. */
  expected: Listed
  readonly #work: DownloadWork & { attempts: Attempts }
  hash: Hash = createHash('sha256')
  /** Bytes that are in the target. */
  size = 0
  /** What is there came at several times. */
  #inParts = false
  /** The service says that it handed over all that it has. */
  #whole = false

  constructor(session: RemoteSession, path: string, target: LocalTarget, expected: Listed, work: DownloadWork) {
    this.#session = session
    this.#path = path
    this.#target = target
    this.expected = expected
    this.#work = { ...work, attempts: new Attempts(session.clock) }
  }

  async take(): Promise<void> {
    const { held, unused } = this.#target
    if (unused !== undefined) this.#session.notice(`${unused}; it is downloaded from the beginning`)
    if (held !== undefined && !(await this.#goesOnAfter(held)))
      await this.#anew('what an earlier run left is not the beginning of the file as it is now')
    await this.#persevere(() => this.#rest())
    // Parts that came at several times are one file only where that stayed the same all the while.
    if (this.#inParts && !(await this.#isUnchanged())) {
      await this.#anew('the file changed while it came')
      await this.#persevere(() => this.#rest())
      if (this.#inParts && !(await this.#isUnchanged()))
        throw new Changed('network', `${this.#path}: changes while it comes`, { hint: 'try again', device_id: this.#session.device.id })
    }
  }

  /** @throws CbcError network */
  async check(): Promise<void> {
    const { size } = this.expected
    if (size === undefined || this.size === size) return
    const now = this.#whole ? this.size : ((await statIfThere(this.#session, this.#path, this.#work))?.size ?? undefined)
    if (now === this.size) return this.#session.notice(`${this.#path}: ${this.size} bytes came, where the endpoint listed ${size}`)
    const message = `${this.#path}: got ${this.size} of ${now ?? size} bytes`
    const facts = { hint: 'the file may be changing, or the transfer was cut: try again', device_id: this.#session.device.id }
    throw this.size < (now ?? size) ? new CbcError('network', message, facts) : new Changed('network', message, facts)
  }

  async #anew(why: string): Promise<void> {
    this.#session.notice(`${this.#path}: ${why}; it is downloaded from the beginning`)
    await this.#target.drop?.()
    this.hash = createHash('sha256')
    this.size = 0
    this.#inParts = false
  }

  /** Whether what an earlier run left is of a file of the same time and size, and ends as the file does there. */
  async #goesOnAfter(held: LocalPart): Promise<boolean> {
    const { size, modified } = this.expected
    if (modified === undefined || size === undefined || held.modified !== modified || held.size > size || (held.whole ?? size) !== size)
      return false
    const tail = await this.#held(held)
    this.#inParts = true
    if (tail.length > 0 && !(await this.#persevere(() => this.#endsWith(tail)))) return false
    this.#session.notice(
      `${this.#path}: the first ${held.size} bytes are those of an earlier run, when the file had the same time${held.whole === undefined ? '' : ' and size'}; the last ${tail.length} of them were compared`,
    )
    return true
  }

  /** Whether the endpoint lists the file as it did before; where it doesn't, what it lists now is expected. */
  async #isUnchanged(): Promise<boolean> {
    const { size, modified } = this.expected
    const now = await look(this.#session, this.#path, this.#work)
    this.expected = { size: now?.size ?? undefined, modified: parseTime(now?.['last_write_time']) }
    return now !== undefined && this.expected.size === size && this.expected.modified === modified
  }

  /** Takes what is held into account. @returns its end */
  async #held(held: LocalPart): Promise<Buffer> {
    let tail = Buffer.alloc(0)
    for await (const chunk of held.bytes()) {
      this.hash.update(chunk)
      this.size += chunk.length
      tail = Buffer.concat([tail.subarray(-OVERLAP_BYTES), chunk])
    }
    return Buffer.from(tail.subarray(-OVERLAP_BYTES))
  }

  /** Tries again where the line was cut, as often as that gets further. */
  async #persevere<T>(step: () => Promise<T>): Promise<T> {
    const { attempts, signal } = this.#work
    for (;;) {
      const { id: sessionId } = this.#session
      const before = this.size
      try {
        return await step()
      } catch (error) {
        if (this.size - before >= OVERLAP_BYTES) attempts.renew()
        if (!attempts.take({ signal }) || !(await this.#goesOn(error, sessionId))) throw error
      }
    }
  }

  /** Whether the endpoint's file has these bytes where what is held ends. */
  async #endsWith(tail: Buffer): Promise<boolean> {
    const range = { offset: this.size - tail.length, length: tail.length }
    let seen = 0
    for await (const chunk of fetchBytes(this.#session, this.#path, range, { ...this.#work, keepCloudCopy: false })) {
      if (!tail.subarray(seen, seen + chunk.length).equals(chunk)) return false
      seen += chunk.length
    }
    return seen === tail.length
  }

  /** Fetches what is missing. */
  async #rest(): Promise<void> {
    if (this.size > 0 && this.size === this.expected.size) return
    const { progress } = this.#work
    // What came until the line was cut goes on only while it is the same file.
    if (this.size > 0 && !(await this.#isUnchanged())) await this.#anew('the file changed while it came')
    const { size, modified } = this.expected
    const before = this.size
    if (before > 0) this.#inParts = true
    const differs = () => {
      this.#whole = true
    }
    for await (const chunk of fetchBytes(
      this.#session,
      this.#path,
      { offset: before },
      { ...this.#work, expected: size === undefined ? undefined : size - before, differs },
    )) {
      if (this.size === before) progress.step(this.#session.paths.base(this.#path), this.expected.size)
      this.hash.update(chunk)
      await this.#target.write(chunk)
      if (modified !== undefined) await this.#target.stamp?.(modified, size)
      this.size += chunk.length
      progress.at(this.size)
    }
  }

  /** Whether it goes on after a failure: the line was cut, or its session is gone and there is another one. */
  async #goesOn(error: unknown, sessionId: string): Promise<boolean> {
    const { signal } = this.#work
    if (error instanceof EndlessContentError) return false
    if (error instanceof CbcError && error.code === 'network') return !signal.aborted
    return await this.#session.recover(error, sessionId, signal)
  }
}
