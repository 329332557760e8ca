import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { LinesFile } from '../core/ports.ts'

/** The most bytes that are read: of a longer file only the end is used. */
const MAX_READ_BYTES = 16 * 1024 * 1024
/** A trim that began this many milliseconds before the last write to the file counts as interrupted. */
const TRIM_TIMEOUT_MS = 60_000
/** How often a line is written again because the file was replaced under it. */
const MAX_APPEND_ATTEMPTS = 5
const NEWLINE = 0x0a

/**
 * A file of lines that several programs append to at the same time, readable by its owner only. There is no lock: `append` checks whether
 * the file has been replaced meanwhile and, if so, appends again; `trim`, which replaces it, carries over lines that came late. So a line
 * may occur twice, but is never lost.
 * @throws every method throws the file system's errors
 */
export class HistoryFile implements LinesFile {
  readonly #path: string
  /** Which file was read, and up to which byte. */
  #seen?: { identity: string; size: number }

  /** Creates the folder (0700) if it is missing, and makes the file accessible to its owner only. */
  constructor(path: string) {
    this.#path = path
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
  }

  /** Returns the lines since the last call; `whole` when these are all lines, because it is the first call or the file was replaced. */
  read(): { lines: string[]; whole: boolean } {
    return withFile(this.#path, 'r', fd => {
      const { ino, birthtimeNs, size } = fstatSync(fd, { bigint: true })
      // The inode number of a deleted file is soon given to another one.
      const identity = `${ino} ${birthtimeNs}`
      const seen = this.#seen?.identity === identity && this.#seen.size <= size ? this.#seen.size : undefined
      const { lines, end } = readLines(fd, seen)
      this.#seen = { identity, size: end }
      return { lines: lines.map(decode), whole: seen === undefined }
    })
  }

  append(line: string): void {
    for (let attempt = 0; attempt < MAX_APPEND_ATTEMPTS; attempt++) {
      const done = withFile(this.#path, 'a+', fd => {
        const size = Number(fstatSync(fd).size)
        const last = size > 0 ? readBytes(fd, size - 1, size)[0] : NEWLINE
        writeSync(fd, `${last === NEWLINE ? '' : '\n'}${encode(line)}\n`)
        return this.#isCurrent(fd)
      })
      if (done) return
    }
  }

  /** Cuts the file down to its last `limit` lines, unless another program is doing so now. */
  trim(limit: number): void {
    const next = `${this.#path}.trim`
    withFile(this.#path, 'r', old => {
      const { lines, end } = readLines(old)
      if (lines.length <= limit) return
      if (
        !create(
          next,
          lines
            .slice(-limit)
            .map(line => `${line}\n`)
            .join(''),
        )
      )
        return this.#removeInterruptedTrim(next)
      // Since `next` exists, nobody else can replace the file any more. It must still be the one that was read.
      if (!this.#isCurrent(old) || !replace(next, this.#path)) return rmSync(next)
      const late = readBytes(old, end, fstatSync(old).size)
      if (late.length > 0) withFile(this.#path, 'a', fd => writeSync(fd, late))
    })
  }

  /** Whether an open file is still the one at the path. While it is open, no other file can have its inode number. */
  #isCurrent(fd: number): boolean {
    return statSync(this.#path, { bigint: true, throwIfNoEntry: false })?.ino === fstatSync(fd, { bigint: true }).ino
  }

  #removeInterruptedTrim(next: string): void {
    const began = statSync(next, { throwIfNoEntry: false })
    if (began && statSync(this.#path).mtimeMs - began.mtimeMs > TRIM_TIMEOUT_MS) rmSync(next, { force: true })
  }
}

/** Creates a file. @returns false when there is one already */
function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Renames a file over another. @returns false when the system refuses, as Windows may while somebody has that open */
function replace(next: string, path: string): boolean {
  try {
    renameSync(next, path)
    return true
  } catch {
    return false
  }
}

function withFile<R>(path: string, flags: string, work: (fd: number) => R): R {
  const fd = openSync(path, flags, 0o600)
  try {
    return work(fd)
  } finally {
    closeSync(fd)
  }
}

/** Returns the complete lines from `start` (default: within the last `MAX_READ_BYTES` bytes), still encoded, and where they end. */
function readLines(fd: number, start?: number): { lines: string[]; end: number } {
  const { size } = fstatSync(fd)
  const from = start ?? Math.max(0, size - MAX_READ_BYTES)
  const bytes = readBytes(fd, from, size)
  // A line without a line break is still being written.
  const complete = bytes.lastIndexOf(NEWLINE) + 1
  const lines = bytes
    .toString('utf8', 0, complete)
    .split('\n')
    .slice(start === undefined && from > 0 ? 1 : 0)
  return { lines: lines.filter(line => line !== ''), end: from + complete }
}

function readBytes(fd: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, end - start))
  let length = 0
  while (length < bytes.length) {
    const count = readSync(fd, bytes, length, bytes.length - length, start + length)
    if (count === 0) break
    length += count
  }
  return bytes.subarray(0, length)
}

/** Returns a line as it is, or as a JSON string if it has control characters or looks like a JSON string. */
function encode(line: string): string {
  if (!/^"|[\x00-\x1f\x7f-\x9f\ud800-\udfff]/u.test(line)) return line
  return JSON.stringify(line).replace(/[\x7f-\x9f]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function decode(text: string): string {
  if (!text.startsWith('"')) return text
  try {
    const line: unknown = JSON.parse(text)
    return typeof line === 'string' ? line : text
  } catch {
    return text
  }
}
