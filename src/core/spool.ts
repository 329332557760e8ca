import type { LocalFiles, LocalScratch } from './ports.ts'

/** Bytes that are kept in memory before a file is used. */
const MAX_IN_MEMORY_BYTES = 1024 * 1024
/** Bytes in one write. */
const BLOCK_BYTES = 64 * 1024

/**
 * Stores things in order, to be read again as often as needed, in constant memory: a few in memory, many in a file that is removed when the
 * program ends.
 */
export class Spool<T> {
  readonly #files: Pick<LocalFiles, 'scratch'>
  #blocks: Buffer[] = []
  #size = 0
  #lines: string[] = []
  #waiting = 0
  #scratch: LocalScratch | undefined

  constructor(files: Pick<LocalFiles, 'scratch'>) {
    this.#files = files
  }

  /** @param thing a JSON value @throws CbcError io */
  async add(thing: T): Promise<void> {
    const line = JSON.stringify(thing)
    this.#lines.push(line)
    this.#waiting += line.length
    if (this.#waiting >= BLOCK_BYTES) await this.#flush()
  }

  /** Yields everything that was added, in order. @throws CbcError io */
  async *all(): AsyncGenerator<T> {
    await this.#flush()
    let held: Buffer[] = []
    for await (const chunk of this.#scratch?.bytes() ?? this.#blocks) {
      const end = chunk.lastIndexOf(0x0a) + 1
      if (end === 0) {
        held.push(Buffer.from(chunk))
        continue
      }
      const whole = Buffer.concat([...held, chunk.subarray(0, end)]).toString()
      held = end < chunk.length ? [Buffer.from(chunk.subarray(end))] : []
      for (const line of whole.split('\n')) if (line !== '') yield JSON.parse(line) as T
    }
  }

  async close(): Promise<void> {
    this.#blocks = []
    await this.#scratch?.close()
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return
    const block = Buffer.from(`${this.#lines.join('\n')}\n`)
    this.#lines = []
    this.#waiting = 0
    this.#size += block.length
    if (this.#scratch === undefined && this.#size > MAX_IN_MEMORY_BYTES) {
      this.#scratch = await this.#files.scratch()
      for (const earlier of this.#blocks) await this.#scratch.write(earlier)
      this.#blocks = []
    }
    if (this.#scratch === undefined) this.#blocks.push(block)
    else await this.#scratch.write(block)
  }
}
