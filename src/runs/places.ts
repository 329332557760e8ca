import { basename, dirname, join } from 'node:path'
import { CbcError } from '../core/errors.ts'
import type { LocalFiles, LocalFolder, LocalTarget } from '../core/ports.ts'
import { formatSize } from '../core/quantity.ts'
import { fileNameKey } from '../core/text/file-name-key.ts'
import type { Target } from '../engine/remote-job.ts'

/** What a verb's local path names when several devices send files home: the folder for their folders, or a file in each of those. */
export type Brings = 'folder' | 'file'

export interface ByteLimits {
  /** Bytes of all devices together, and of each. */
  all?: number | undefined
  each?: number | undefined
}

/** The local files of one device. */
export interface Place {
  local: LocalFiles
  /** Bytes that were brought home. */
  bytes(): number
}

/**
 * Where the devices of a run put their files: each into a folder of its own, and all of them together no more than the limits allow.
 */
export class Places {
  readonly #local: LocalFiles
  readonly #brings: Brings | undefined
  readonly #limits: ByteLimits
  readonly #shared: ReadonlySet<string>
  #bytes = 0
  /** Called once, when the limit for all devices is reached. */
  readonly #full: () => void

  constructor(local: LocalFiles, brings: Brings | undefined, limits: ByteLimits, devices: readonly Target[], full: () => void) {
    this.#local = local
    this.#brings = brings
    this.#limits = limits
    this.#shared = sharedNames(devices)
    this.#full = full
  }

  /** Returns what a device's verb sees of this machine. */
  of(device: Target): Place {
    const brings = this.#brings
    let bytes = 0
    if (brings === undefined) return { local: this.#local, bytes: () => bytes }
    const count = (more: number) => {
      bytes += more
      this.#take(more, bytes, device)
    }
    const local = this.#local
    const folderOf = async (path: string): Promise<{ folder: LocalFolder; name?: string }> => {
      const [above, name] = brings === 'folder' || (await isFolder(local, path)) ? [path] : [dirname(path), basename(path)]
      await local.folder(above)
      const folder = await local.folder(above, this.#folderName(device))
      return name === undefined ? { folder } : { folder, name }
    }
    return {
      bytes: () => bytes,
      local: {
        ...local,
        async place(path, wanted, overwrite) {
          const { folder, name } = await folderOf(path)
          return await local.place(join(folder.path, ''), name ?? wanted, overwrite)
        },
        async create(path, wanted, overwrite, resume) {
          const { folder, name } = await folderOf(path)
          return counted(await folder.create(name ?? wanted, overwrite, resume), count)
        },
        async folder(path, wanted) {
          const { folder } = await folderOf(path)
          return countedFolder(wanted === undefined ? folder : await folder.folder(wanted), count)
        },
      },
    }
  }

  /** @throws CbcError refused: a limit is reached */
  #take(more: number, bytes: number, { id }: Target): void {
    const { all = Infinity, each = Infinity } = this.#limits
    this.#bytes += more
    if (this.#bytes > all) {
      this.#full()
      throw tooMuch('--max-bytes', all, id)
    }
    if (bytes > each) throw tooMuch('--max-bytes-per-device', each, id)
  }

  /** The name of a device's folder, with its id where the name could stand for another device too. */
  #folderName({ id, name = '' }: Target): string {
    if (name === '') return String(id)
    return this.#shared.has(fileNameKey(name)) || !/^[\w.-]+$/.test(name) ? `${name}-${id}` : name
  }
}

function tooMuch(option: string, limit: number, id: number): CbcError {
  return new CbcError('refused', `left, because ${option} ${formatSize(limit)} is reached`, { device_id: id, hint: `raise ${option}` })
}

function sharedNames(devices: readonly Target[]): Set<string> {
  const [seen, shared] = [new Set<string>(), new Set<string>()]
  for (const { name = '' } of devices) (seen.has(fileNameKey(name)) ? shared : seen).add(fileNameKey(name))
  return shared
}

async function isFolder(local: LocalFiles, path: string): Promise<boolean> {
  if (/[\\/]$/.test(path)) return true
  return await local.directory(path).then(
    () => true,
    () => false,
  )
}

function countedFolder(folder: LocalFolder, count: (more: number) => void): LocalFolder {
  return {
    path: folder.path,
    create: async (name, overwrite, resume) => counted(await folder.create(name, overwrite, resume), count),
    folder: async name => countedFolder(await folder.folder(name), count),
  }
}

function counted(target: LocalTarget, count: (more: number) => void): LocalTarget {
  return {
    ...target,
    async write(chunk) {
      count(chunk.length)
      await target.write(chunk)
    },
  }
}
