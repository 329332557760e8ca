import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Blobs, Content } from '../endpoint.ts'
import type { Random } from '../../core/ports.ts'
import { generate } from './generated.ts'

/** Contents of up to this many bytes are stored in the reference itself. */
const MAX_INLINE_BYTES = 4096
const CHUNK_BYTES = 64 * 1024

/** Stores bytes as files in a folder, named by their SHA-256. The first one creates the folder. */
export class FolderBlobs implements Blobs {
  readonly #folder: string
  readonly #random: Random
  readonly #exclusively: <R>(work: () => R) => Promise<R>

  /** @param exclusively runs `work` while no process sweeps the folder; by default nobody sweeps */
  constructor(folder: string, random: Random, exclusively: <R>(work: () => R) => Promise<R> = async work => work()) {
    this.#folder = folder
    this.#random = random
    this.#exclusively = exclusively
  }

  async write(bytes: AsyncIterable<Uint8Array>): Promise<Content> {
    const iterator = bytes[Symbol.asyncIterator]()
    const head: Uint8Array[] = []
    let size = 0
    for (let next = await iterator.next(); ; next = await iterator.next()) {
      if (next.done) return { kind: 'text', base64: Buffer.concat(head).toString('base64'), size }
      head.push(next.value)
      size += next.value.length
      if (size > MAX_INLINE_BYTES) return this.#save(head, iterator)
    }
  }

  async #save(head: Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<Content> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const draft = join(this.#folder, `${this.#random.uuid()}.part`)
    try {
      const { sha256, size } = await this.#drain(draft, head, rest)
      await this.#exclusively(() => renameSync(draft, join(this.#folder, sha256)))
      return { kind: 'blob', sha256, size }
    } catch (error) {
      await rm(draft, { force: true })
      await rest.return?.()
      throw error
    }
  }

  async #drain(path: string, head: Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<{ sha256: string; size: number }> {
    const hash = createHash('sha256')
    const file = await open(path, 'wx', 0o600)
    let size = 0
    const put = async (chunk: Uint8Array) => {
      hash.update(chunk)
      await file.writeFile(chunk)
      size += chunk.length
    }
    try {
      for (const chunk of head) await put(chunk)
      for (let next = await rest.next(); !next.done; next = await rest.next()) await put(next.value)
    } finally {
      await file.close()
    }
    return { sha256: hash.digest('hex'), size }
  }

  async *read(content: Content, offset = 0, length = Infinity): AsyncGenerator<Uint8Array> {
    const from = Math.min(offset, content.size)
    const count = Math.min(length, content.size - from)
    if (count <= 0) return
    if (content.kind === 'text') yield Buffer.from(content.base64, 'base64').subarray(from, from + count)
    else if (content.kind === 'generated') yield* generate(content.seed, from, count)
    else yield* readFile(join(this.#folder, content.sha256), from, count)
  }
}

async function* readFile(path: string, offset: number, length: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  try {
    for (let at = offset, left = length; left > 0;) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(Math.min(CHUNK_BYTES, left)), 0, Math.min(CHUNK_BYTES, left), at)
      if (bytesRead === 0) throw new Error(`${path} is shorter than it was`)
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
      left -= bytesRead
    }
  } finally {
    await file.close()
  }
}
