import { basename, dirname, join } from 'node:path'
import type { CaseHome } from '../core/case-record.ts'
import { CbcError } from '../core/errors.ts'
import type { FileStore } from '../core/file-store.ts'
import type { LocalFiles, LocalFolder, LocalTarget } from '../core/ports.ts'
import { formatSize } from '../core/quantity.ts'
import { fileNameKey } from '../core/text/file-name-key.ts'
import { wrapTarget } from '../core/wrap-target.ts'
import type { Target } from '../engine/remote-job.ts'

/** What a verb's local path names when several devices send files home: the folder for their folders, or a file in each of those. */
export type Brings = 'folder' | 'file'

export interface ByteLimits {
  /** Bytes of all devices together, and of each. */
  all?: number | undefined
  each?: number | undefined
}

export interface PlacesOptions {
  local: LocalFiles
  /** What the verb brings; undefined where it brings nothing. */
  brings: Brings | undefined
  limits: ByteLimits
  /** All devices of the run. */
  devices: readonly Target[]
  /** Called once, when the limit for all devices is reached. */
  full(): void
  /** Where files go in place of this machine, and the run that they belong to. */
  store?: { files: FileStore; run: string } | undefined
}

/** The local files of one device. */
export interface Place {
  local: LocalFiles
  /** Returns what a case has for the device's files, counted too; undefined where they go into a store. */
  home(inner: CaseHome | undefined): CaseHome | undefined
  /** Bytes that were brought home. */
  bytes(): number
  /** Writes the list of what was stored, once the verb has ended. @throws CbcError */
  end(): Promise<void>
}

/** What brings files home. */
type Home = Pick<LocalFiles, 'place' | 'create' | 'folder'>

/**
 * Where the devices of a run put their files: each into a folder of its own, and all of them together no more than the limits allow.
 */
export class Places {
  readonly #options: PlacesOptions
  readonly #shared: ReadonlySet<string>
  readonly #all: Allowance

  constructor(options: PlacesOptions) {
    this.#options = options
    this.#shared = sharedNames(options.devices)
    this.#all = new Allowance('--max-bytes', options.limits.all, options.full)
  }

  /** Returns what a device's verb sees of this machine. @param signal ends transfers into a store */
  of(device: Target, signal: AbortSignal): Place {
    const { local, brings, store, limits } = this.#options
    if (brings === undefined) return { local, home: inner => inner, bytes: () => 0, async end() {} }
    const each = new Allowance('--max-bytes-per-device', limits.each)
    const allowances = [this.#all, each]
    const count: Count = more => {
      for (const allowance of allowances) allowance.check(more, device)
      for (const allowance of allowances) allowance.used += more
    }
    const stored = store?.files.open(store.run, this.#folderName(device), signal)
    const home = stored === undefined ? this.#below(device, brings) : namedBy(brings, stored.local)
    return {
      home: inner => (stored !== undefined || inner === undefined ? undefined : countedHome(inner, count)),
      bytes: () => each.used,
      end: async () => await stored?.list(),
      local: {
        ...local,
        place: home.place,
        async create(path, name, overwrite, resume) {
          count(0)
          return counted(await home.create(path, name, overwrite, resume), count)
        },
        folder: async (path, name) => countedFolder(await home.folder(path, name), count),
      },
    }
  }

  /** A folder a device, below the local path or beside the file that it names. */
  #below(device: Target, brings: Brings): Home {
    const { local } = this.#options
    const folderOf = async (path: string): Promise<{ folder: LocalFolder; name?: string }> => {
      const [above, name] = brings === 'folder' || (await isFolder(local, path)) ? [path] : [dirname(path), basename(path)]
      await local.folder(above)
      const folder = await local.folder(above, this.#folderName(device))
      return name === undefined ? { folder } : { folder, name }
    }
    return {
      async place(path, wanted, overwrite) {
        const { folder, name } = await folderOf(path)
        return await local.place(join(folder.path, ''), name ?? wanted, overwrite)
      },
      async create(path, wanted, overwrite, resume) {
        const { folder, name } = await folderOf(path)
        return await folder.create(name ?? wanted, overwrite, resume)
      },
      async folder(path, wanted) {
        const { folder } = await folderOf(path)
        return wanted === undefined ? folder : await folder.folder(wanted)
      },
    }
  }

  /** The name of a device's folder, with its id where the name could stand for another device too. */
  #folderName({ id, name = '' }: Target): string {
    if (name === '') return String(id)
    return this.#shared.has(fileNameKey(name)) || !/^[\w.-]+$/.test(name) ? `${name}-${id}` : name
  }
}

/** Notes bytes that come home; none: that a file is begun. @throws CbcError refused: a limit is reached */
type Count = (more: number) => void

/** How many bytes may come home. Once it was exceeded, nothing more may. */
class Allowance {
  used = 0
  readonly #option: string
  readonly #limit: number
  readonly #exceeded: () => void
  #isReached = false

  constructor(option: string, limit = Infinity, exceeded = () => {}) {
    this.#option = option
    this.#limit = limit
    this.#exceeded = exceeded
  }

  /** @throws CbcError refused: so many bytes more are too many */
  check(more: number, { id }: Target): void {
    if (!this.#isReached && this.used + more <= this.#limit) return
    if (!this.#isReached) this.#exceeded()
    this.#isReached = true
    throw new CbcError('refused', `left, because ${this.#option} ${formatSize(this.#limit)} is reached`, {
      device_id: id,
      hint: `raise ${this.#option}`,
    })
  }
}

function sharedNames(devices: readonly Target[]): Set<string> {
  const [seen, shared] = [new Set<string>(), new Set<string>()]
  for (const { name = '' } of devices) (seen.has(fileNameKey(name)) ? shared : seen).add(fileNameKey(name))
  return shared
}

/** Of a local path, a store takes the name of a file; a path that names a folder says nothing there. */
function namedBy(brings: Brings, home: Home): Home {
  if (brings === 'file') return home
  return {
    place: (_path, name, overwrite) => home.place('', name, overwrite),
    create: (_path, name, overwrite, resume) => home.create('', name, overwrite, resume),
    folder: (_path, name) => home.folder('', name),
  }
}

async function isFolder(local: LocalFiles, path: string): Promise<boolean> {
  if (/[\\/]$/.test(path)) return true
  return await local.directory(path).then(
    () => true,
    () => false,
  )
}

function countedHome(home: CaseHome, count: Count): CaseHome {
  return {
    folder: async names => countedFolder(await home.folder(names), count),
    results: async () => countedFolder(await home.results(), count),
  }
}

function countedFolder(folder: LocalFolder, count: Count): LocalFolder {
  return {
    ...folder,
    async create(name, overwrite, resume) {
      count(0)
      return counted(await folder.create(name, overwrite, resume), count)
    },
    folder: async name => countedFolder(await folder.folder(name), count),
  }
}

function counted(target: LocalTarget, count: Count): LocalTarget {
  return wrapTarget(target, {
    async write(chunk) {
      count(chunk.length)
      await target.write(chunk)
    },
  })
}
