import { CbcError } from '../../src/core/errors.ts'
import type { LocalFiles, LocalFolder, LocalTarget } from '../../src/core/ports.ts'

/** `LocalFiles` in memory: an incoming file is `.part` until it is complete. */
export class MemoryFiles implements LocalFiles {
  readonly files = new Map<string, Buffer>()
  /** Modification times of files being written, ms since 1970. */
  readonly times = new Map<string, number>()
  /** Final sizes of partly written files, bytes. */
  readonly wholes = new Map<string, number | undefined>()
  /** Called before each write, so that a test can fail it like a disk. */
  onWrite: () => void = () => {}

  constructor(files: Record<string, string> = {}) {
    for (const [path, text] of Object.entries(files)) this.files.set(path, Buffer.from(text))
  }

  async open(path: string) {
    const bytes = this.#get(path)
    return {
      path,
      name: path,
      size: bytes.length,
      modified: 0,
      bytes: async function* () {
        yield bytes
      },
    }
  }

  async place(path: string, name: string, overwrite: boolean): Promise<string> {
    const final = path === '.' ? name : path
    if (this.files.has(final) && !overwrite) throw new CbcError('refused', `${final}: exists on this machine`, { taken: final })
    return final
  }

  async replace(path: string): Promise<LocalTarget> {
    return await this.create(path, path, true)
  }

  async create(path: string, name: string, overwrite: boolean, resume = false): Promise<LocalTarget> {
    const final = await this.place(path, name, overwrite)
    const { files } = this
    const part = `${final}.part`
    const old = resume ? files.get(part) : undefined
    const { times, wholes } = this
    const whole = wholes.get(part)
    files.set(part, old ?? Buffer.alloc(0))
    let room = Buffer.alloc(0)
    const write = async (chunk: Uint8Array) => {
      this.onWrite()
      const held = this.#get(part)
      const length = held.length + chunk.length
      // Twice what is needed: to copy all with each chunk takes minutes for a memory dump.
      if (held.buffer !== room.buffer || length > room.length) room = Buffer.concat([held], 2 * length)
      room.set(chunk, held.length)
      files.set(part, room.subarray(0, length))
    }
    return {
      path: final,
      write,
      commit: async modified => {
        files.set(final, this.#get(part))
        files.delete(part)
        if (modified !== undefined) times.set(final, modified)
      },
      discard: async () => {
        files.delete(part)
      },
      drop: async () => {
        files.set(part, Buffer.alloc(0))
      },
      note: async ({ modified, size }) => {
        times.set(part, modified)
        wholes.set(part, size)
      },
      keep: async () => {},
      ...(old && {
        held: {
          size: old.length,
          modified: times.get(part) ?? 0,
          ...(whole === undefined ? {} : { whole }),
          bytes: async function* () {
            yield old
          },
        },
      }),
    }
  }

  async folder(path: string, name?: string): Promise<LocalFolder> {
    const own = name === undefined ? path : `${path}/${name}`
    return {
      path: own,
      create: (file, overwrite, resume) => this.create(`${own}/${file}`, file, overwrite, resume),
      folder: below => this.folder(own, below),
      fetched: async (file, modified, size) => {
        const final = `${own}/${file}`
        const there = this.times.get(final) === modified ? await this.open(final) : undefined
        return size === undefined || there?.size === size ? there : undefined
      },
    }
  }

  async append(path: string): Promise<LocalTarget> {
    return await this.create(path, path, true)
  }

  async text(path: string): Promise<string> {
    return this.#get(path).toString()
  }

  async real(path: string): Promise<string> {
    return path
  }

  async names() {
    return [...this.files.keys()].map(name => ({ name, directory: false, link: false }))
  }

  async directory(path: string): Promise<string> {
    if (path !== '.') throw new CbcError('io', `${path}: is not a directory`)
    return path
  }

  async scratch(): Promise<never> {
    throw new CbcError('io', 'there is no scratch file in memory')
  }

  async entries() {
    return [...this.files].map(([name, bytes]) => ({ name, directory: false, size: bytes.length, modified: 0 }))
  }

  #get(path: string): Buffer {
    const bytes = this.files.get(path)
    if (bytes === undefined) throw new CbcError('io', `${path}: no such file on this machine`)
    return bytes
  }
}
