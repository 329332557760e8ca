import type { CaseFolder } from '../../../core/case-folder.ts'
import { CbcError } from '../../../core/errors.ts'
import { isRecord } from '../../../core/is-record.ts'
import { parseTime } from '../../../core/time.ts'
import type { CaseFile } from '../../../core/case-record.ts'
import type { ZipEntry } from '../../zip/writer.ts'
import { linesOf, type CaseDevice } from './devices.ts'
import { partsOf, zipPath } from './zip-path.ts'

/** The files that came home from a device, and the table of them. */
export class Uploads {
  readonly #folder: CaseFolder
  readonly #device: CaseDevice
  readonly #missing: (file: string) => void
  readonly #taken = new Set<string>()
  readonly #table: string[] = []
  bytes = 0

  /** @param missing is told which file of the case isn't there */
  constructor(folder: CaseFolder, device: CaseDevice, missing: (file: string) => void) {
    this.#folder = folder
    this.#device = device
    this.#missing = missing
  }

  get count(): number {
    return this.#table.length
  }

  /** Yields the files, each under the path that it has on the endpoint. */
  async *entries(): AsyncGenerator<ZipEntry> {
    for await (const line of linesOf(this.#folder, this.#device)) {
      if (!Array.isArray(line.files)) continue
      for (const [n, file] of line.files.entries()) {
        if (!isRecord(file) || typeof file.file !== 'string') continue
        const bytes = await begun(this.#folder.read(file.file))
        if (bytes === undefined) this.#missing(file.file)
        else yield this.#entry(file as CaseFile, `line-${line.sequence}-${n + 1}`, line.time, bytes)
      }
    }
  }

  /** Yields the lines of `uploads.json`, once all files have been read. */
  async *table(): AsyncGenerator<string> {
    yield* this.#table
  }

  /** @param elsewhere the folder of a file whose path has another one, that was fetched before */
  #entry({ path, last_write_time, sha256 }: CaseFile, elsewhere: string, time: string, bytes: AsyncIterable<Uint8Array>): ZipEntry {
    const parts = partsOf(String(path))
    const first = ['uploads', 'auto', ...parts]
    const components = this.#taken.has(zipPath(first)) ? ['uploads', elsewhere, ...parts] : first
    const name = zipPath(components)
    this.#taken.add(name)
    return { name, modified: parseTime(last_write_time) ?? NaN, bytes: this.#counted(bytes, { path, sha256, components, time }) }
  }

  async *#counted(
    chunks: AsyncIterable<Uint8Array>,
    { path, sha256, components, time }: { path: string; sha256: string; components: string[]; time: string },
  ): AsyncGenerator<Uint8Array> {
    let size = 0
    for await (const chunk of chunks) {
      size += chunk.length
      yield chunk
    }
    this.bytes += size
    const timestamp = Math.floor((parseTime(time) ?? 0) / 1000)
    const row = {
      Timestamp: timestamp,
      started: time,
      vfs_path: path,
      _Components: components,
      file_size: size,
      uploaded_size: size,
      Type: '',
      sha256,
    }
    this.#table.push(`${JSON.stringify(row)}\n`)
  }
}

/** Reads the first chunk of a file, so that one that isn't there is known before it has a place. */
async function begun(chunks: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const reading = chunks[Symbol.asyncIterator]()
  try {
    const first = await reading.next()
    return rest(first, reading)
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
}

async function* rest(first: IteratorResult<Uint8Array>, reading: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await reading.next()) yield next.value
  } finally {
    await reading.return?.()
  }
}
