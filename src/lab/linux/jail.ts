/**
 * The endpoint's file system: one directory of this machine is its `/`, and no path leads out of it.
 *
 * Paths are walked part by part through open directories, and the kernel never follows a link: `/proc/self/fd/N/name` names an entry of
 * exactly the directory that was opened, whatever is renamed or replaced by a link meanwhile (as `openat` does). Links are read and
 * walked here: one that stays below the directory is followed, one that leads out is refused.
 *
 * Without /proc (macOS) directories are named by their paths, and files are checked after opening. When something is created, renamed or
 * deleted there, another process could still replace a directory by a link between check and use.
 */

import { type Stats, constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { append } from '../../core/lists.ts'
import { HRESULT } from '../endpoint.ts'
import { errno, refuse } from './errors.ts'
import { bytesOf, nameOf, parsePath, partsOf } from './names.ts'

/** Linux: a descriptor that only refers to the file without opening it: it needs no right to read and touches no device. */
const O_PATH = 0x200000
/** How many links Linux follows in a path. */
const MAX_LINKS = 40

/** An open directory within the jail. */
export class Folder {
  readonly handle: FileHandle
  /** The host path of the directory, with a trailing separator. */
  readonly path: Buffer

  constructor(handle: FileHandle, path: Buffer) {
    this.handle = handle
    this.path = path
  }

  /** Returns the host path of an entry. */
  at(name: string): Buffer {
    return Buffer.concat([this.path, bytesOf(name)])
  }
}

/** The result of walking a path. */
export interface Place {
  /** The directory that contains it; the directory itself when the path ends in the root or in `..`. */
  folder: Folder
  /** Its name there; undefined for the directory itself. */
  name: string | undefined
  /** What is there, without following links; undefined when there is nothing. */
  stat: Stats | undefined
  /** The path ends with a separator. */
  trailing: boolean
}

/** A part that is still to be walked. */
interface Step {
  name: string
  /** Whether it comes from a link, whose `/` and `..` are those of this machine. */
  linked: boolean
}

export class Jail {
  readonly directory: string
  readonly #descriptors: string | undefined

  /**
   * @param directory host path of the endpoint's `/`; it must exist when paths are visited.
   * @param descriptors folder in which this process finds its descriptors (`/proc/self/fd`); undefined when there is none.
   */
  constructor(directory: string, descriptors: string | undefined) {
    this.directory = resolve(directory)
    this.#descriptors = descriptors
  }

  /**
   * Walks to `path` and passes the place to `use`, which must not keep it.
   * @param follow whether a link at the end of the path is followed too.
   * @throws SensorError PATH_NOT_FOUND for a missing directory on the way, ACCESS_DENIED for a path that leads out of the jail.
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

  /** Walks to the directory `path`, following links. @throws SensorError PATH_NOT_FOUND when there is none. */
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
   * Opens an existing regular file that was visited. Pipes, sockets and devices are never opened.
   * @param flags as for open(2), without O_CREAT.
   * @throws SensorError ACCESS_DENIED for a directory or a link, NOT_SUPPORTED for anything else that isn't a regular file.
   */
  async open(place: Place, flags: number): Promise<FileHandle> {
    if (place.name === undefined) refuse(HRESULT.ACCESS_DENIED, 'is a directory')
    const path = place.folder.at(place.name)
    if (this.#descriptors === undefined) {
      requireRegular(await lstat(path))
      return this.#verified(await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK), path)
    }
    const pin = await open(path, O_PATH | constants.O_NOFOLLOW)
    try {
      requireRegular(await pin.stat())
      return await open(`${this.#descriptors}/${pin.fd}`, flags)
    } finally {
      await pin.close()
    }
  }

  /** Returns the host path of a directory, for a program that starts in it. */
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
        else if (step.linked) refuseEscape()
        continue
      }
      const last = todo.length === 0
      const stat = await this.#look(folder.at(step.name), last)
      if (stat?.isSymbolicLink() === true && (!last || follow)) {
        if (++links > MAX_LINKS) refuse(HRESULT.ACCESS_DENIED, 'too many links')
        append(todo, await this.#stepsOfLink(root, stack, folder.at(step.name)))
      } else if (last) {
        return { folder, name: step.name, stat }
      } else {
        stack.push(await this.#enter(folder.at(step.name)))
      }
    }
  }

  /** Returns what is at a host path; undefined when the last part of the path doesn't exist. */
  async #look(path: Buffer, last: boolean): Promise<Stats | undefined> {
    try {
      return await lstat(path)
    } catch (error) {
      if (errno(error) !== 'ENOENT') throw error
      return last ? undefined : refuse(HRESULT.PATH_NOT_FOUND, 'no such directory')
    }
  }

  /** Returns the steps of a link's target, the last one first; for an absolute target the walk restarts at the root. */
  async #stepsOfLink(root: string, stack: Folder[], link: Buffer): Promise<Step[]> {
    let target = nameOf(await readlink(link, { encoding: 'buffer' }))
    if (target.startsWith('/')) {
      const base = [root, this.directory].find(path => `${target}/`.startsWith(withSeparator(path))) ?? refuseEscape()
      target = target.slice(withSeparator(base).length)
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
      const handle = await this.#verified(await open(path, flags), path)
      return new Folder(handle, bytesOf(withSeparator(nameOf(path))))
    }
    const handle = await open(path, flags | O_PATH)
    return new Folder(handle, Buffer.from(`${this.#descriptors}/${handle.fd}/`))
  }

  /** Returns the handle if it has opened exactly what is at that path, without any link on the way; otherwise closes it and throws. */
  async #verified(handle: FileHandle, path: Buffer): Promise<FileHandle> {
    try {
      const [opened, real] = await Promise.all([handle.stat(), realpath(path, { encoding: 'buffer' })])
      const expected = await lstat(path)
      if (!real.equals(path) || opened.dev !== expected.dev || opened.ino !== expected.ino) refuseEscape()
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }
}

/** Returns the path with a trailing separator. */
function withSeparator(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

function refuseEscape(): never {
  refuse(HRESULT.ACCESS_DENIED, 'the path leads out of the endpoint')
}

function requireRegular(stat: Stats): void {
  if (stat.isFile()) return
  if (stat.isDirectory()) refuse(HRESULT.ACCESS_DENIED, 'is a directory')
  if (stat.isSymbolicLink()) refuseEscape()
  refuse(HRESULT.NOT_SUPPORTED, 'is no regular file')
}
