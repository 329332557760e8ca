import { largest } from '../../../core/lists.ts'
import type { Changes } from '../overlay.ts'
import { win32 } from '../win32.ts'
import { textBody, type Body } from './body.ts'
import type { FileSystem } from './file-system.ts'
import { isDirectory, type FileNode } from './node.ts'

/** A shadow copy of a drive: what was on it when the copy was made. Plain JSON. */
export interface Shadow {
  /** A GUID in braces. */
  id: string
  /** The number of its device. */
  number: number
  /** `C:` */
  drive: string
  /** Epoch milliseconds. */
  created: number
  files: Changes<FileNode>
}

export interface ShadowsOptions {
  shadows: readonly Shadow[]
  keep(shadows: Shadow[]): void
  /** The changes to the files until now. */
  now(): { time: number; files: Changes<FileNode> }
  open(files: Changes<FileNode>): FileSystem
}

const DEVICE = '\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy'

/** The shadow copies of an endpoint. */
export class Shadows {
  readonly #options: ShadowsOptions

  constructor(options: ShadowsOptions) {
    this.#options = options
  }

  get all(): readonly Shadow[] {
    return this.#options.shadows
  }

  /** @param drive `C:` */
  create(drive: string, id: string): Shadow {
    const { shadows, keep, now } = this.#options
    const { time, files } = now()
    const shadow = {
      id,
      number: largest(shadows.map(({ number }) => number)) + 1,
      drive,
      created: time,
      files: structuredClone(files),
    }
    keep([...shadows, shadow])
    return shadow
  }

  /** @returns whether there was one */
  remove(id: string): boolean {
    const { shadows, keep } = this.#options
    const others = shadows.filter(shadow => shadow.id.toLowerCase() !== id.toLowerCase())
    keep(others)
    return others.length < shadows.length
  }

  /**
   * Reads a file by its path in a shadow copy, where nothing is locked.
   * @returns undefined when the path is not of a shadow copy
   * @throws SensorError FILE_NOT_FOUND, PATH_NOT_FOUND, ACCESS_DENIED
   */
  read(path: string): Body | undefined {
    if (!path.toLowerCase().startsWith(DEVICE.toLowerCase())) return undefined
    const [number = '', ...names] = path.slice(DEVICE.length).split('\\')
    const shadow = this.all.find(one => String(one.number) === number)
    if (shadow === undefined) throw win32('PATH_NOT_FOUND')
    const { node } = this.#options.open(shadow.files).find(`${shadow.drive}\\${names.join('\\')}`).place
    if (isDirectory(node) || node.guard === 'denied') throw win32('ACCESS_DENIED')
    return node.body ?? textBody('')
  }
}

/** The path of a shadow copy's device. */
export function deviceOf({ number }: Shadow): string {
  return `${DEVICE}${number}`
}
