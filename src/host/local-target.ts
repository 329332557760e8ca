import { constants, type Stats } from 'node:fs'
import { lstat, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { LocalPart, LocalTarget, WholeFile } from '../core/ports.ts'
import { BackgroundFlush } from './background-flush.ts'
import { noteOf, readNote, writeNote } from './part-note.ts'
import { safeName } from '../core/safe-name.ts'
import { syncFolder } from './sync-folder.ts'

const CHUNK_BYTES = 256 * 1024

/** See `LocalFiles.place`. */
export async function resolveTarget(path: string, name: string, overwrite: boolean): Promise<string> {
  // A directory that the user names may be a link.
  const into = /[\\/]$/.test(path) || (await statOf(path, stat))?.isDirectory() === true
  if (into && name === '') throw new CbcError('io', `${path}: is a directory`)
  const final = resolve(into ? join(path, safeName(name)) : path)
  const old = await statOf(final, lstat)
  if (old?.isDirectory()) throw new CbcError('io', `${final}: is a directory`)
  if (old !== undefined && !old.isFile())
    throw new CbcError('refused', `${final}: is ${kindOf(old)}, and nothing is written through it`, {
      hint: 'name another file; - is standard output',
    })
  if (old !== undefined && !overwrite)
    throw new CbcError('refused', `${final}: exists on this machine`, { hint: 'overwrite it with --force', taken: final })
  return final
}

/**
 * Starts a file that appears under its name only when it is complete: see `LocalFiles.create`.
 * @param final the absolute path, as `resolveTarget` returns it
 * @param check called before the file appears, to make sure that its folder is still the same
 * @param shared whether the group may read and write the file once it is complete
 */
export async function startFile(
  final: string,
  resume = false,
  check: () => Promise<void> = async () => {},
  shared = false,
): Promise<LocalTarget> {
  const part = `${final}.part`
  const flush = new BackgroundFlush()
  const ending: Ending = {
    wrote: (file, bytes) => flush.wrote(file, bytes),
    flush: file => flush.end(file),
    async finish(file, modified) {
      if (modified !== undefined) await file.utimes(modified / 1000, modified / 1000)
      if (shared) await file.chmod(0o660)
      await flush.end(file)
      await check()
      if (!isSameFile(await file.stat(), await statOf(part, lstat)))
        throw new CbcError('refused', `${part}: was replaced while it was written`, {
          hint: 'somebody else writes to the same place: choose another one',
        })
    },
    async appear() {
      await rename(part, final)
      await rm(noteOf(part), { force: true })
      await syncFolder(dirname(final))
    },
    async undo() {
      await rm(part, { force: true })
      await rm(noteOf(part), { force: true })
    },
    note: whole => writeNote(part, whole),
  }
  const left = resume ? await reopenPart(part) : undefined
  if (left !== undefined && 'held' in left) return { ...target(final, left.file, ending, left.noted), held: left.held }
  // A file that is there already may be readable by others, or a link to somewhere else.
  await ending.undo()
  const begun = target(
    final,
    await open(part, 'ax', 0o600).catch((error: Error) => {
      throw Object.assign(error, { path: final })
    }),
    ending,
  )
  return left === undefined ? begun : { ...begun, unused: left.unused }
}

/** The steps that complete or undo a target. */
export interface Ending {
  /** Called after each write. */
  wrote(file: FileHandle, bytes: number): void
  /** Brings everything that was written to disk. */
  flush(file: FileHandle): Promise<void>
  /** Called when the file is complete and still open. */
  finish(file: FileHandle, modified?: number): Promise<void>
  appear(): Promise<void>
  undo(): Promise<void>
  /** Notes which file is being written. */
  note(whole: WholeFile): Promise<void>
}

/** A target that is written to directly: a file, pipe or device. */
export function directTarget(path: string, file: FileHandle): LocalTarget {
  const {
    drop: _,
    note: __,
    keep: ___,
    ...plain
  } = target(path, file, { wrote() {}, async flush() {}, async finish() {}, async appear() {}, async undo() {}, async note() {} })
  return plain
}

/** Returns a target that writes to an open file. @param noted what is noted of it already */
export function target(
  path: string,
  file: FileHandle,
  { wrote, flush, finish, appear, undo, note }: Ending,
  noted?: WholeFile,
): LocalTarget {
  let open = true
  let written = 0
  const close = async () => {
    if (open) await file.close()
    open = false
  }
  const commit = async (modified?: number) => {
    await finish(file, modified)
    await close()
    await appear()
  }
  const write = async (chunk: Uint8Array) => {
    let at = 0
    while (at < chunk.length) at += (await file.write(chunk, at)).bytesWritten
    written += chunk.length
    wrote(file, chunk.length)
  }
  const noteOnce = async (whole: WholeFile) => {
    // A file that is complete after one chunk never needs to be resumed.
    if (written >= whole.size || (whole.size === noted?.size && whole.modified === noted.modified)) return
    await note(whole)
    noted = whole
  }
  return {
    path,
    write: chunk => withCbcErrors(write(chunk), path),
    commit: modified => withCbcErrors(commit(modified), path),
    discard: () => withCbcErrors(close().then(undo), path),
    drop: () => withCbcErrors(file.truncate(0), path),
    note: whole => withCbcErrors(noteOnce(whole), path),
    keep: () => withCbcErrors(flush(file).then(close), path),
  }
}

interface Reopened {
  file: FileHandle
  held: LocalPart
  noted: WholeFile | undefined
}

/** Opens the `.part` file that an earlier run left, to be resumed, or says why it can't be; undefined when there is none. */
async function reopenPart(part: string): Promise<Reopened | { unused: string } | undefined> {
  const found = await statOf(part, lstat)
  if (found === undefined) return undefined
  if (!isOwn(found)) return { unused: `${part}: is a link, belongs to somebody else, or is writable by others` }
  const file = await open(part, constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0))
  const opened = await file.stat()
  if (!isSameFile(opened, found)) {
    await file.close()
    return { unused: `${part}: was replaced while it was checked` }
  }
  // It may have been left readable by others.
  await file.chmod(0o600)
  const bytes = () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES })
  const noted = await readNote(part)
  const modified = noted?.modified ?? Math.round(opened.mtimeMs)
  return { file, noted, held: { size: opened.size, modified, ...(noted !== undefined && { whole: noted.size }), bytes } }
}

/**
 * Whether a file belongs to the user and nobody else may write to it. Windows has no such numbers, but its user folders are closed to
 * others.
 */
function isOwn(found: Stats): boolean {
  return (
    found.isFile() && found.nlink === 1 && (process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0))
  )
}

function isSameFile(one: Stats, other: Stats | undefined): boolean {
  return one.ino === other?.ino && one.dev === other.dev
}

function kindOf(found: Stats): string {
  return found.isSymbolicLink() ? 'a link' : found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device'
}

/**
 * Turns rejections with errors of the system into those with a `CbcError`, as the ports promise.
 * @param path the file that is at work, for errors that name none: those about an open file
 */
export async function withCbcErrors<T>(work: Promise<T>, path?: string): Promise<T> {
  return await work.catch((error: unknown) => {
    const isNameless = error instanceof Error && 'syscall' in error && !('path' in error)
    throw asCbcError(path !== undefined && isNameless ? Object.assign(error, { path }) : error)
  })
}

/** Returns what is at a path; undefined when there is nothing. */
export async function statOf(path: string, look: typeof stat | typeof lstat): Promise<Stats | undefined> {
  try {
    return await look(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
