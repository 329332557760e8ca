import type { LocalFiles, LocalScratch } from '../core/ports.ts'

/** Bytes of a block. */
export const BLOCK_BYTES = 64 * 1024

const ZEROS = Buffer.alloc(BLOCK_BYTES)

/** Any number of temporary files in one: a search through a disk may open more files than the system lets a program have open. */
export class BlockStore {
  readonly #files: Pick<LocalFiles, 'scratch'>
  #scratch: Promise<LocalScratch> | undefined
  /** Blocks that are used no more. */
  readonly #free: number[] = []
  #count = 0

  constructor(files: Pick<LocalFiles, 'scratch'>) {
    this.#files = files
  }

  /** How many bytes of the disk are in use. */
  get usedBytes(): number {
    return (this.#count - this.#free.length) * BLOCK_BYTES
  }

  create(): BlockFile {
    return new BlockFile(this)
  }

  /** Opens the file that all blocks are in. @throws CbcError io */
  async open(): Promise<LocalScratch> {
    return await (this.#scratch ??= this.#files.scratch())
  }

  /** Takes a block, which holds zeros. @returns its number @throws CbcError io */
  async take(): Promise<number> {
    const old = this.#free.pop()
    if (old !== undefined) {
      await (await this.open()).write(ZEROS, old * BLOCK_BYTES)
      return old
    }
    this.#count += 1
    return this.#count - 1
  }

  give(blocks: Iterable<number>): void {
    for (const block of blocks) this.#free.push(block)
  }

  async close(): Promise<void> {
    await (await this.#scratch)?.close()
  }
}

/** A temporary file that can be read and written anywhere. What was never written is zeros. */
export class BlockFile {
  readonly #store: BlockStore
  /** The number of each of its blocks that was written. */
  #blocks = new Map<number, Promise<number>>()
  #size = 0

  constructor(store: BlockStore) {
    this.#store = store
  }

  /** Bytes. */
  get size(): number {
    return this.#size
  }

  /** @throws CbcError io */
  async write(at: number, bytes: Uint8Array): Promise<void> {
    const scratch = await this.#store.open()
    for (const { index, offset, from, length } of pieces(at, bytes.length)) {
      const block = await this.#blockAt(index)
      await scratch.write(bytes.subarray(from, from + length), block * BLOCK_BYTES + offset)
    }
    this.#size = Math.max(this.#size, at + bytes.length)
  }

  /** Returns the bytes of a range: fewer at the end of the file. @throws CbcError io */
  async read(at: number, length: number): Promise<Buffer> {
    const found = Buffer.alloc(Math.max(0, Math.min(length, this.#size - at)))
    const scratch = await this.#store.open()
    for (const { index, offset, from, length: part } of pieces(at, found.length)) {
      const block = await this.#blocks.get(index)
      if (block !== undefined) found.set(await scratch.read(block * BLOCK_BYTES + offset, part), from)
    }
    return found
  }

  /** Everything, in order. @throws CbcError io */
  async *bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.#size; at += BLOCK_BYTES) yield await this.read(at, BLOCK_BYTES)
  }

  /** Cuts the file off, or makes it longer by zeros. @throws CbcError io */
  async resize(size: number): Promise<void> {
    const old = this.#size
    this.#size = size
    if (size >= old) return
    const last = Math.floor(size / BLOCK_BYTES)
    await this.#drop(index => index > last || size === 0)
    const rest = size % BLOCK_BYTES
    const block = await this.#blocks.get(last)
    // What is cut off must not come back when the file becomes longer again.
    if (block !== undefined) await (await this.#store.open()).write(ZEROS.subarray(rest), block * BLOCK_BYTES + rest)
  }

  /** Gives its blocks to others. */
  async free(): Promise<void> {
    this.#size = 0
    await this.#drop(() => true)
  }

  async #drop(isGone: (index: number) => boolean): Promise<void> {
    const gone = [...this.#blocks].filter(([index]) => isGone(index))
    for (const [index] of gone) this.#blocks.delete(index)
    this.#store.give(await Promise.all(gone.map(([, block]) => block)))
  }

  #blockAt(index: number): Promise<number> {
    let block = this.#blocks.get(index)
    if (block === undefined) {
      this.#blocks.set(index, (block = this.#store.take()))
      block.catch(() => this.#blocks.delete(index))
    }
    return block
  }
}

/** Splits a range of a file at the borders of its blocks. */
function* pieces(at: number, length: number): Generator<{ index: number; offset: number; from: number; length: number }> {
  for (let from = 0; from < length;) {
    const offset = (at + from) % BLOCK_BYTES
    const part = Math.min(BLOCK_BYTES - offset, length - from)
    yield { index: Math.floor((at + from) / BLOCK_BYTES), offset, from, length: part }
    from += part
  }
}
