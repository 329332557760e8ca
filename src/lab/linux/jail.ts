/**
 * The endpoint's file system: one directory of this machine that is `/`, and that no path leads out of.
 *
 * Paths are walked part by part through open directories, never following a link in the kernel: `/proc/self/fd/N/name` names an entry of
 * the very directory that was opened, whatever is renamed or swapped for a link meanwhile (what `openat` does elsewhere). Links are
 * read and walked here: one that stays below the directory is followed, one that leads out is refused.
 *
 * Where there is no /proc (macOS) directories are named by their path, and opened files are checked after opening. Between check and use
 * another process of this machine could then still swap a directory for a link when something is made, renamed or deleted.
 */

import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { lstat, open, readlink, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { append } from '../../core/lists.ts'
import { HRESULT } from '../endpoint.ts'
import { errno, refuse } from './errors.ts'
import { bytesOf, nameOf, parsePath, partsOf } from './names.ts'

/** Linux: a descriptor that only stands for the thing, which is not opened: no right to read is needed and no device is touched. */
const O_PATH = 0x200000
/** As many links in a path as Linux follows. */
const MAX_LINKS = 40

/** An open directory within the jail. */
export class Folder {
  readonly handle: FileHandle
  /** The host's name for the directory, with a separator at its end. */
  readonly path: Buffer

  constructor(handle: FileHandle, path: Buffer) {
    this.handle = handle
    this.path = path
  }

  /** The host's name for an entry. */
  at(name: string): Buffer {
    return Buffer.concat([this.path, bytesOf(name)])
  }
}

/** Where a path leads. */
export interface Place {
  /** The directory that holds it; the directory itself where the path ends in the root or in `..`. */
  folder: Folder
  /** Its name there; undefined for the directory itself. */
  name: string | undefined
  /** What is there, links not followed; undefined where there is nothing. */
  stat: Stats | undefined
  /** The path ends with a separator. */
  trailing: boolean
}

/** A part still to walk. */
interface Step {
  name: string
  /** It comes from a link, for which `/` and `..` mean this machine's. */
  linked: boolean
}

export class Jail {
  readonly directory: string
  readonly #descriptors: string | undefined

  /**
   * @param directory host path of what is the endpoint's `/`; it must exist when paths are visited.
   * @param descriptors where this process finds its descriptors as paths (`/proc/self/fd`); undefined where there is no such thing.
   */
  constructor(directory: string, descriptors: string | undefined) {
    this.directory = resolve(directory)
    this.#descriptors = descriptors
  }

  /**
   * Walks to `path` and gives what is there to `use`; nothing of it may be kept after that.
   * @param follow whether a link at the end is followed too.
   * @throws SensorError PATH_NOT_FOUND for a missing directory on the way, ACCESS_DENIED for a way that leaves the jail.
   */
  async visit<R>(path: string | undefined, follow: boolean, use: (place: Place) => Promise<R>): Promise<R> {
    const { parts, trailing } = parsePath(path)
    const root = await realpath(this.directory)
    const stack: Folder[] = []
    try {
      stack.push(await this.#enter(Buffer.from(root)))
      return await use({ ...(await this.#walk(root, stack, parts, follow || trailing)), trailing })
    } finally {
      await Promise.all(stack.map(folder => folder.handle.close()))
    }
  }

  /** Walks to the directory `path`, links followed. @throws SensorError PATH_NOT_FOUND where there is none. */
  async within<R>(path: string | undefined, use: (folder: Folder) => Promise<R>): Promise<R> {
    return this.visit(path, true, async place => {
      if (place.name === undefined) return use(place.folder)
      if (place.stat?.isDirectory() !== true) refuse(HRESULT.PATH_NOT_FOUND, 'no such directory')
      const folder = await this.#enter(place.folder.at(place.name))
      try {
        return await use(folder)
      } finally {
        await folder.handle.close()
      }
    })
  }

  /**
   * Opens an existing regular file that a visit led to. Pipes, sockets and devices are never opened.
   * @param flags as for open(2), without O_CREAT.
   * @throws SensorError ACCESS_DENIED for a directory or a link, NOT_SUPPORTED for what is no file.
   */
  async open(place: Place, flags: number): Promise<FileHandle> {
    if (place.name === undefined) refuse(HRESULT.ACCESS_DENIED, 'is a directory')
    const path = place.folder.at(place.name)
    if (this.#descriptors === undefined) {
      regular(await lstat(path))
      return this.#proven(await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK), path)
    }
    const pin = await open(path, O_PATH | constants.O_NOFOLLOW)
    try {
      regular(await pin.stat())
      return await open(`${this.#descriptors}/${pin.fd}`, flags)
    } finally {
      await pin.close()
    }
  }

  /** The host's path of a directory, for a program that starts in it. */
  hostPath(folder: Folder): Promise<string> {
    return realpath(folder.path)
  }

  async #walk(root: string, stack: Folder[], parts: string[], follow: boolean): Promise<Omit<Place, 'trailing'>> {
    const todo: Step[] = parts.map(name => ({ name, linked: false })).reverse()
    let links = 0
    for (;;) {
      const folder = stack.at(-1) ?? refuse(HRESULT.ACCESS_DENIED, 'outside')
      const step = todo.pop()
      if (step === undefined) return { folder, name: undefined, stat: await folder.handle.stat() }
      if (step.name === '..') {
        if (stack.length > 1) await stack.pop()?.handle.close()
        else if (step.linked) leads()
        continue
      }
      const last = todo.length === 0
      const stat = await this.#look(folder.at(step.name), last)
      if (stat?.isSymbolicLink() === true && (!last || follow)) {
        if (++links > MAX_LINKS) refuse(HRESULT.ACCESS_DENIED, 'too many links')
        append(todo, await this.#behind(root, stack, folder.at(step.name)))
      } else if (last) {
        return { folder, name: step.name, stat }
      } else {
        stack.push(await this.#enter(folder.at(step.name)))
      }
    }
  }

  /** What is at a host path; undefined for nothing at the end of the way. */
  async #look(path: Buffer, last: boolean): Promise<Stats | undefined> {
    try {
      return await lstat(path)
    } catch (error) {
      if (errno(error) !== 'ENOENT') throw error
      return last ? undefined : refuse(HRESULT.PATH_NOT_FOUND, 'no such directory')
    }
  }

  /** The steps that a link stands for, the last one first; the walk starts again at the root for an absolute one. */
  async #behind(root: string, stack: Folder[], link: Buffer): Promise<Step[]> {
    let target = nameOf(await readlink(link, { encoding: 'buffer' }))
    if (target.startsWith('/')) {
      const base = [root, this.directory].find(path => `${target}/`.startsWith(slashed(path))) ?? leads()
      target = target.slice(slashed(base).length)
      await Promise.all(stack.splice(1).map(folder => folder.handle.close()))
    }
    return partsOf(target)
      .map(name => ({ name, linked: true }))
      .reverse()
  }

  /** Opens a directory, never through a link. */
  async #enter(path: Buffer): Promise<Folder> {
    const flags = constants.O_DIRECTORY | constants.O_NOFOLLOW
    if (this.#descriptors === undefined) {
      const handle = await this.#proven(await open(path, flags), path)
      return new Folder(handle, bytesOf(slashed(nameOf(path))))
    }
    const handle = await open(path, flags | O_PATH)
    return new Folder(handle, Buffer.from(`${this.#descriptors}/${handle.fd}/`))
  }

  /** Gives the handle back when what it has open is what lies at that path without any link on the way; else closes it. */
  async #proven(handle: FileHandle, path: Buffer): Promise<FileHandle> {
    try {
      const [opened, real] = await Promise.all([handle.stat(), realpath(path, { encoding: 'buffer' })])
      const there = await lstat(path)
      if (!real.equals(path) || opened.dev !== there.dev || opened.ino !== there.ino) leads()
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }
}

/** With one separator at its end. */
function slashed(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

function leads(): never {
  refuse(HRESULT.ACCESS_DENIED, 'the path leads out of the endpoint')
}

function regular(stat: Stats): void {
  if (stat.isFile()) return
  if (stat.isDirectory()) refuse(HRESULT.ACCESS_DENIED, 'is a directory')
  if (stat.isSymbolicLink()) leads()
  refuse(HRESULT.NOT_SUPPORTED, 'is no regular file')
}
