import { createHash } from 'node:crypto'
import { CbcError } from '../core/errors.ts'
import type { FileStore, ObjectStore, ObjectUpload, StoredFiles, Written } from '../core/file-store.ts'
import type { LocalFolder, LocalTarget } from '../core/ports.ts'
import { wrapTarget } from '../core/wrap-target.ts'
import { safeName } from '../core/safe-name.ts'
import { uniqueNames } from '../core/unique-names.ts'

/** The longest path of an object, bytes of UTF-8: a bucket's keys may have 1024, with the prefix. */
const MAX_PATH_BYTES = 500
/** The folder for files whose paths are longer. An endpoint's folder can't have its name. */
const TOO_LONG = 'too-long'
/** How many letters of a name that is too long are kept behind its hash. */
const KEPT_LETTERS = 40
/** How many objects of similar names a file may find there: so many attempts were made on a device, each with another content. */
const MAX_SIMILAR = 1000

/** A line of a list of files. */
interface Stored extends Written {
  /** From the folder of the run. */
  path: string
  /** ISO 8601; null where it is not known. */
  modified: string | null
}

/** Returns the store of runs in a folder or bucket. @param close releases its connections */
export function fileStore(objects: ObjectStore, close = () => {}): FileStore {
  return {
    open: (run, device, signal) => new DeviceFiles(objects, safeName(run), safeName(device), signal),
    close,
  }
}

type Names = ReturnType<typeof uniqueNames>

/** What one device of a run stores. */
class DeviceFiles implements StoredFiles {
  readonly #objects: ObjectStore
  readonly #run: string
  readonly #device: string
  readonly #signal: AbortSignal
  readonly #stored: Stored[] = []
  readonly #names = uniqueNames()
  readonly local: StoredFiles['local']

  constructor(objects: ObjectStore, run: string, device: string, signal: AbortSignal) {
    this.#objects = objects
    this.#run = run
    this.#device = device
    this.#signal = signal
    this.#names(TOO_LONG)
    this.local = {
      // Nothing of that name is in its way: a file is never overwritten, and gets another name.
      place: async (path, name) => objects.locate(this.#pathOf([], safeName(nameIn(path, name)))),
      create: (path, name, _overwrite, resume) => this.#create([], this.#names, nameIn(path, name), resume),
      folder: async (_path, name) => (name === undefined ? this.#folder([], this.#names) : this.#folder([this.#names(name)])),
    }
  }

  async list(): Promise<void> {
    if (this.#stored.length === 0) return
    const lines = this.#stored.map(file => `${JSON.stringify(file)}\n`).join('')
    const names = uniqueNames()
    const list = await this.#begin(() => `${this.#run}/${names(`${this.#device}.files.jsonl`)}`)
    await list.write(Buffer.from(lines))
    await list.commit()
  }

  #folder(parts: readonly string[], names: Names = uniqueNames()): LocalFolder {
    return {
      path: this.#objects.locate([this.#run, this.#device, ...parts].join('/')),
      create: (name, _overwrite, resume) => this.#create(parts, names, name, resume),
      folder: async name => this.#folder([...parts, names(name)]),
    }
  }

  async #create(parts: readonly string[], names: Names, wanted: string, resume = false): Promise<LocalTarget> {
    const target = await this.#begin(
      () => this.#pathOf(parts, names(wanted)),
      (path, written, modified) => this.#stored.push(lineOf(path.slice(this.#run.length + 1), written, modified)),
    )
    return resume ? wrapTarget(target, { unused: `${target.path}: a store keeps no partial downloads` }) : target
  }

  /** The path of an object, which a bucket's limit leaves room for. */
  #pathOf(parts: readonly string[], name: string): string {
    const path = [...parts, name].join('/')
    const whole = `${this.#run}/${this.#device}/${path}`
    if (Buffer.byteLength(whole) <= MAX_PATH_BYTES) return whole
    const hash = createHash('sha256').update(path).digest('hex')
    return `${this.#run}/${this.#device}/${TOO_LONG}/${safeName(`${hash}-${[...name].slice(-KEPT_LETTERS).join('')}`)}`
  }

  /**
   * Starts an object under the first of several paths where there is none.
   * @param next returns one path after the other
   */
  async #begin(next: () => string, stored: OnStored = () => {}): Promise<LocalTarget> {
    const similar: string[] = []
    let path = next()
    while (await this.#objects.has(path, this.#signal)) {
      similar.push(path)
      if (similar.length === MAX_SIMILAR) throw taken(this.#objects.locate(path))
      path = next()
    }
    return storedTarget(this.#objects, path, similar, await this.#objects.begin(path, this.#signal), stored)
  }
}

function lineOf(path: string, written: Written, modified: number | undefined): Stored {
  return { path, ...written, modified: modified === undefined ? null : new Date(modified).toISOString() }
}

/** What is to be done with a file that was stored. */
type OnStored = (path: string, written: Written, modified: number | undefined) => void

/**
 * Returns a file on its way into a store. Its path is where it probably will be, until it is committed.
 * @param similar where objects of similar names are: one of them may have the same bytes, from an earlier attempt on the device
 */
function storedTarget(objects: ObjectStore, path: string, similar: readonly string[], upload: ObjectUpload, stored: OnStored): LocalTarget {
  let hash = createHash('sha256')
  let size = 0
  let at = path
  const store = async (written: Written, modified: number | undefined): Promise<string> => {
    for (const earlier of similar) {
      if (!(await upload.isAt(earlier, written))) continue
      await upload.discard()
      return earlier
    }
    if (await upload.commit(written, modified)) return path
    if (!(await upload.isAt(path, written))) throw taken(objects.locate(path))
    await upload.discard()
    return path
  }
  return {
    get path() {
      return objects.locate(at)
    },
    async write(chunk) {
      const writing = upload.write(chunk)
      // Hashed while it is written.
      hash.update(chunk)
      size += chunk.length
      await writing
    },
    async drop() {
      hash = createHash('sha256')
      size = 0
      await upload.drop()
    },
    async commit(modified) {
      const written = { size, sha256: hash.digest('hex') }
      at = await store(written, modified)
      stored(at, written, modified)
    },
    discard: () => upload.discard(),
  }
}

/** The last part of a path, as the name of a file; where it has none, the name that the verb gives it. */
function nameIn(path: string, name: string): string {
  const last = path.split(/[\\/]/).at(-1) ?? ''
  return ['', '.', '..'].includes(last) ? name : last
}

function taken(place: string): CbcError {
  return new CbcError('refused', `${place}: is there already, with other content, and nothing in a store is overwritten`, {
    hint: 'somebody else writes there: use another --store',
  })
}
