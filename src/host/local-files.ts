import { constants, createReadStream, type Stats } from 'node:fs'
import { lstat, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { asCbcError, CbcError } from '../core/errors.ts'
import type { LocalFiles, LocalPart, LocalTarget } from '../core/ports.ts'
import { openFolder } from './local-folder.ts'
import { safeName } from './safe-name.ts'
import { openScratch } from './scratch.ts'

const CHUNK = 256 * 1024

/** Files on this machine; see the port. */
export const localFiles: LocalFiles = {
  async open(path) {
    const found = await told(statOf(path))
    if (found === undefined) throw new CbcError('io', `${path}: no such file on this machine`)
    if (!found.isFile()) throw new CbcError('io', `${path}: is ${found.isDirectory() ? 'a directory' : 'no regular file'}`, { hint: 'name a file' })
    // Opened now, so that a file that may not be read is found out before anything is sent.
    await told(open(path, 'r').then(file => file.close()))
    return {
      path: resolve(path),
      name: basename(resolve(path)),
      size: found.size,
      modified: found.mtimeMs,
      bytes: () => unchanged(path, found),
    }
  },

  async create(path, name, overwrite, resume = false) {
    const found = await told(statOf(path))
    const into = found?.isDirectory() || /[\\/]$/.test(path)
    if (into && name === '') throw new CbcError('io', `${path}: is a directory`)
    const final = resolve(into ? join(path, safeName(name)) : path)
    const old = into ? await told(statOf(final)) : found
    if (old?.isDirectory()) throw new CbcError('io', `${final}: is a directory`)
    if (old !== undefined && !overwrite) throw new CbcError('refused', `${final}: exists on this machine`, { hint: 'overwrite it with --force' })
    // /dev/null and pipes take bytes as they come: a file in their place would be the end of them.
    if (old !== undefined && !old.isFile()) return target(final, await told(open(final, 'w')), AS_IT_COMES)
    const part = `${final}.part`
    const ending: Ending = {
      async finish(file, modified) {
        if (modified !== undefined) await file.utimes(modified / 1000, modified / 1000)
        await file.sync()
      },
      appear: () => rename(part, final),
      undo: () => rm(part, { force: true }),
    }
    const left = resume ? await told(reopened(part)) : undefined
    if (left !== undefined) return { ...target(final, left.file, ending), held: left.held }
    // What an earlier run left there may be readable by others, or a link to somewhere else.
    await told(rm(part, { force: true }))
    return target(final, await told(open(part, 'wx', 0o600), final), ending)
  },

  folder: (path, name) => told(openFolder(localFiles, path, name)),

  append: async path => target(resolve(path), await told(open(path, 'a', 0o600)), AS_IT_COMES),

  text: async path => await told(readFile(path, 'utf8')),

  async names(directory) {
    try {
      return (await readdir(directory, { withFileTypes: true })).map(entry => ({ name: entry.name, directory: entry.isDirectory() }))
    } catch {
      return []
    }
  },

  async directory(path) {
    if (!(await told(stat(path))).isDirectory()) throw new CbcError('io', `${path}: is not a directory`)
    return resolve(path)
  },

  async entries(path) {
    const describe = async (name: string, place: string) => {
      // A link that leads nowhere is shown as what it is.
      const found = await told(statOf(place)) ?? await told(lstat(place))
      return { name, directory: found.isDirectory(), size: found.size, modified: found.mtimeMs }
    }
    if (!(await told(stat(path))).isDirectory()) return [await describe(basename(path), path)]
    return await Promise.all((await told(readdir(path))).map(name => describe(name, join(path, name))))
  },

  scratch: openScratch,
}

/** Failures of the system as the port has them. @param path the file as the user knows it, where the work is done on another */
async function told<T>(work: Promise<T>, path?: string): Promise<T> {
  return await work.catch((error: unknown) => { throw asCbcError(path === undefined || !(error instanceof Error) ? error : Object.assign(error, { path })) })
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** What becomes of a target at its end. */
interface Ending {
  /** The file is whole, and still open. */
  finish(file: FileHandle, modified?: number): Promise<void>
  appear(): Promise<void>
  undo(): Promise<void>
}

const AS_IT_COMES: Ending = { async finish() {}, async appear() {}, async undo() {} }

function target(path: string, file: FileHandle, ending: Ending): LocalTarget {
  const { finish, appear, undo } = ending
  let open = true
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
  }
  return {
    path,
    write: chunk => told(write(chunk)),
    commit: modified => told(commit(modified)),
    discard: () => told(close().then(undo)),
    ...(ending === AS_IT_COMES ? {} : { keep: () => told(file.sync().then(close)) }),
  }
}

/** What an earlier run left in a `.part`, to be added to; nothing where that is no file of its own. */
async function reopened(part: string): Promise<{ file: FileHandle, held: LocalPart } | undefined> {
  const found = await lstat(part).catch(() => undefined)
  if (found === undefined || !found.isFile() || found.nlink > 1) return undefined
  const file = await open(part, constants.O_RDWR | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0))
  // It may have been left readable by others.
  await file.chmod(0o600)
  return { file, held: { size: found.size, bytes: () => createReadStream(part, { highWaterMark: CHUNK }), drop: () => told(file.truncate(0)) } }
}

/** The bytes of a file that must not change meanwhile: the service was told how many come. */
async function* unchanged(path: string, before: Stats): AsyncIterable<Uint8Array> {
  let seen = 0
  let changed = false
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
      seen += (chunk as Buffer).length
      if (seen > before.size) break
      yield chunk as Buffer
    }
    changed = seen !== before.size || (await stat(path)).mtimeMs !== before.mtimeMs
  } catch (error) {
    throw asCbcError(error)
  }
  if (changed) throw new CbcError('io', `${path}: changed while it was read`, { hint: 'copy it aside and put the copy' })
}
