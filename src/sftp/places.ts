import type { RemotePaths } from '../remote/paths.ts'
import { STATUS } from './protocol/constants.ts'
import { Refusal } from './protocol/refusal.ts'
import { escapeName, unescapeName } from './names.ts'
import { isDeviceName } from '../core/windows-names.ts'

/** Where a client's path leads. */
export type Place =
  /** `/` of a Windows endpoint, which holds its drives. */
  | { kind: 'drives' }
  /** A path of the endpoint, absolute. */
  | { kind: 'path'; path: string }

/** What no part of a path of Windows holds, apart from the colon of a stream. */
const NOT_IN_NAMES = /[\\/*?"<>|\p{Cc}]/u

/** Translates between a client's paths and the endpoint's: `/C/Users` is `C:\Users`; elsewhere only names that are escaped differ. */
export class Places {
  readonly #paths: RemotePaths

  constructor(paths: RemotePaths) {
    this.#paths = paths
  }

  /** Returns the absolute form of a client's path: `.` and `..` are gone; a relative one begins at the root. */
  absolute(path: string): string {
    const names: string[] = []
    for (const name of path.split('/')) {
      if (name === '..') names.pop()
      else if (name !== '' && name !== '.') names.push(name)
    }
    const [drive, ...rest] = names
    if (drive !== undefined && this.#paths.windows) return `/${[driveOf(drive) ?? drive, ...rest].join('/')}`
    return `/${names.join('/')}`
  }

  /** @throws Refusal: there can't be anything at such a path */
  at(path: string): Place {
    const [, ...escaped] = this.absolute(path).split('/')
    const names = escaped.filter(name => name !== '').map(unescapeName)
    if (!this.#paths.windows) {
      if (!names.every(name => this.#paths.isName(name) && !name.includes('\0'))) throw nothingAt(path)
      return { kind: 'path', path: `/${names.join('/')}` }
    }
    const [first, ...rest] = names
    if (first === undefined) return { kind: 'drives' }
    const drive = driveOf(first)
    if (drive === undefined || !rest.every((name, at) => this.#isWindowsPart(name, at === rest.length - 1))) throw nothingAt(path)
    return { kind: 'path', path: `${drive}:\\${rest.join('\\')}` }
  }

  /** Returns a drive's name as an entry of `/`: `C`. @param drive as the endpoint has it: `C:\` */
  driveName(drive: string): string {
    return driveOf(drive.replace(/[\\/]+$/, '')) ?? escapeName(drive)
  }

  /** Returns the path that a file has for clients. @param path the endpoint's, absolute */
  shown(path: string): string {
    if (!this.#paths.windows) return path.split('/').map(escapeName).join('/')
    const [drive = '', ...rest] = path.split('\\')
    return `/${[this.driveName(drive), ...rest.filter(part => part !== '').map(escapeName)].join('/')}`
  }

  /** Only the last part can name a stream, and no part a device: reading COM1 might never end. */
  #isWindowsPart(name: string, isLast: boolean): boolean {
    const [file = ''] = name.split(':', 1)
    return this.#paths.isName(name) && !NOT_IN_NAMES.test(name) && (isLast || file === name) && file !== '' && !isDeviceName(file)
  }
}

/** Whether a path of Windows names a stream of a file. */
export function isStream(path: string): boolean {
  return path.lastIndexOf(':') > 'C:'.length
}

/** Returns the path of the file that a stream belongs to. */
export function fileOfStream(path: string): string {
  const name = path.lastIndexOf('\\') + 1
  return path.slice(0, path.indexOf(':', Math.max(name, 'C:'.length)))
}

function driveOf(name: string): string | undefined {
  return /^([A-Za-z]):?$/.exec(name)?.[1]?.toUpperCase()
}

function nothingAt(path: string): Refusal {
  return new Refusal(STATUS.NO_SUCH_FILE, `${path}: no such file or directory`)
}
