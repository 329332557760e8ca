import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { EMPTY_HEAD, type CaseEnd, type CaseHead } from '../core/case-folder.ts'
import { CbcError } from '../core/errors.ts'
import { isRecord } from '../core/is-record.ts'
import { linesOf } from './lines-of.ts'
import type { MachineLock } from './machine-lock.ts'
import { syncFolder } from './sync-folder.ts'

interface Waiting {
  make(head: CaseEnd): readonly string[]
  done(head: CaseHead): void
  fail(error: unknown): void
}

/** What writing to a journal needs of the folder that it is in. */
export interface JournalFolder {
  path: string
  /** The mode of files. */
  mode: number
  lock: MachineLock
  /** Writes a file that isn't there yet. */
  writeNew(file: string, bytes: Uint8Array): Promise<unknown>
  replace(file: string, bytes: Uint8Array): Promise<void>
}

const NEWLINE = 0x0a
/** Bytes that are read at once in search of the beginning of the last line. */
const BACK_BYTES = 64 * 1024

/** The journal of a case while it is appended to. Lines that come while the disk is busy are written together. */
export class CaseJournal {
  readonly #folder: JournalFolder
  readonly #path: string
  #waiting: Waiting[] = []
  #isWriting = false
  /** Where the journal ended after this process last wrote to it. */
  #known: CaseHead | undefined

  constructor(folder: JournalFolder) {
    this.#folder = folder
    this.#path = join(folder.path, 'journal.jsonl')
  }

  append(make: Waiting['make']): Promise<CaseHead> {
    return new Promise((done, fail) => {
      this.#waiting.push({ make, done, fail })
      if (this.#isWriting) return
      this.#isWriting = true
      // Everything that is appended in this turn is written at once.
      void Promise.resolve().then(() => this.#write())
    })
  }

  /** What `head.json` says. */
  async head(): Promise<CaseHead | undefined> {
    return headIn(await readFile(join(this.#folder.path, 'head.json'), 'utf8').catch(orNothing))
  }

  async *lines(from = 0): AsyncGenerator<{ text: string; bytes: Uint8Array; end: number; complete: boolean }> {
    const file = await open(this.#path, constants.O_RDONLY | NO_FOLLOW).catch(orNothing)
    if (file === undefined) return
    try {
      for await (const { bytes, end, complete } of linesOf(file, from)) yield { text: bytes.toString('utf8'), bytes, end, complete }
    } finally {
      await file.close()
    }
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      let batch: Waiting[] = []
      try {
        await this.#folder.lock.hold(async isHeld => {
          batch = this.#waiting
          this.#waiting = []
          await this.#append(batch, isHeld)
        })
      } catch (error) {
        // Where the lock can't be had, nobody was served.
        if (batch.length === 0) [batch, this.#waiting] = [this.#waiting, []]
        for (const { fail } of batch) fail(error)
      }
    }
    this.#isWriting = false
  }

  async #append(batch: readonly Waiting[], isHeld: () => Promise<boolean>): Promise<void> {
    const file = await open(this.#path, constants.O_RDWR | constants.O_CREAT | NO_FOLLOW, this.#folder.mode)
    try {
      const { size } = await file.stat()
      if (size === 0) await this.#begin(file)
      const end = await this.#end(file, size)
      const { texts, settled } = made(batch, end)
      if (texts.length > 0) {
        if (!(await isHeld()))
          throw new CbcError('io', `${this.#path}: somebody else took its lock while this machine slept`, { hint: 'try again' })
        await write(file, Buffer.from(texts.join('')), end.bytes, size)
        this.#known = settled.at(-1)!.head
        await this.#keepHead(this.#known)
      }
      for (const { waiting, head } of settled) waiting.done(head)
    } catch (error) {
      this.#known = undefined
      throw error
    } finally {
      await file.close()
    }
  }

  /** Makes sure that a new journal is still there after a power failure, and has a head whenever it has a line. */
  async #begin(file: FileHandle): Promise<void> {
    const { path, mode } = this.#folder
    await file.chmod(mode)
    if ((await this.head()) === undefined) await this.#keepHead(EMPTY_HEAD)
    await syncFolder(path)
  }

  async #keepHead(head: CaseHead): Promise<void> {
    await this.#folder.replace('head.json', Buffer.from(`${JSON.stringify(head)}\n`))
  }

  /** Finds where the journal ends. A last line that was cut off is set aside. */
  async #end(file: FileHandle, size: number): Promise<CaseEnd> {
    const apart = this.#known ?? (await this.head()) ?? EMPTY_HEAD
    const fits = apart.bytes <= size && (this.#known !== undefined || (await endsAt(file, apart)))
    let end = fits ? { ...apart } : { ...EMPTY_HEAD }
    let torn: Buffer | undefined
    for await (const { bytes, end: at, complete } of linesOf(file, end.bytes)) {
      if (complete) end = { lines: end.lines + 1, bytes: at, sha256: sha256(bytes) }
      else torn = bytes
    }
    return { ...end, ...(torn === undefined ? {} : { torn: await this.#setAside(torn) }), ...(fits ? {} : { lost: apart }) }
  }

  async #setAside(bytes: Buffer): Promise<NonNullable<CaseEnd['torn']>> {
    const hash = sha256(bytes)
    const file = `torn/${hash}`
    await this.#folder.writeNew(file, bytes)
    return { file, bytes: bytes.length, sha256: hash }
  }
}

/** Has the lines made, each batch upon the one before. */
function made(batch: readonly Waiting[], end: CaseEnd): { texts: string[]; settled: { waiting: Waiting; head: CaseHead }[] } {
  const texts: string[] = []
  const settled: { waiting: Waiting; head: CaseHead }[] = []
  let head = end
  for (const waiting of batch) {
    let lines: readonly string[]
    try {
      lines = waiting.make(head)
    } catch (error) {
      waiting.fail(error)
      continue
    }
    for (const line of lines) {
      texts.push(`${line}\n`)
      head = { lines: head.lines + 1, bytes: head.bytes + Buffer.byteLength(line) + 1, sha256: sha256(line) }
    }
    settled.push({ waiting, head: { lines: head.lines, bytes: head.bytes, sha256: head.sha256 } })
  }
  return { texts, settled }
}

/** Writes at the end of what is whole, and takes back what could not be written whole. */
async function write(file: FileHandle, bytes: Buffer, at: number, size: number): Promise<void> {
  try {
    for (let written = 0; written < bytes.length;) {
      written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten
    }
    if (size > at + bytes.length) await file.truncate(at + bytes.length)
    await file.datasync()
  } catch (error) {
    await file.truncate(at).catch(() => {})
    throw error
  }
}

/** Whether a line that ends where a head says has the hash that it says. */
async function endsAt(file: FileHandle, { bytes, sha256: expected }: CaseHead): Promise<boolean> {
  if (bytes === 0) return true
  const parts: Buffer[] = []
  for (let to = bytes; to > 0;) {
    const from = Math.max(0, to - BACK_BYTES)
    const part = Buffer.alloc(to - from)
    await file.read(part, 0, part.length, from)
    if (to === bytes && part.at(-1) !== NEWLINE) return false
    const inner = to === bytes ? part.subarray(0, -1) : part
    const begin = inner.lastIndexOf(NEWLINE)
    parts.unshift(inner.subarray(begin + 1))
    if (begin >= 0) break
    to = from
  }
  return sha256(Buffer.concat(parts)) === expected
}

/** Reads a `head.json`; undefined where it is none. */
export function headIn(text: string | undefined): CaseHead | undefined {
  try {
    const read: unknown = JSON.parse(text ?? '')
    if (!isRecord(read)) return undefined
    const { lines, bytes, sha256: hash } = read
    const areCounts = [lines, bytes].every(count => Number.isSafeInteger(count) && (count as number) >= 0)
    return areCounts && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)
      ? { lines: lines as number, bytes: bytes as number, sha256: hash }
      : undefined
  } catch {
    return undefined
  }
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

function orNothing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
