import type { Buffers } from './buffers.ts'

/** What a part may have before it takes one of the large buffers: many files never do. */
const SMALL_BYTES = 1024 * 1024

/** A part of an object that is being filled. */
export class PendingPart {
  readonly #buffers: Buffers
  readonly #signal: AbortSignal
  #small: Buffer[] = []
  #large: Buffer | undefined
  length = 0

  /** @param buffers of the size of a part */
  constructor(buffers: Buffers, signal: AbortSignal) {
    this.#buffers = buffers
    this.#signal = signal
  }

  get isFull(): boolean {
    return this.length === this.#buffers.size
  }

  /** Takes a copy of bytes, as many as there is room for. @returns how many @throws the signal's reason */
  async add(bytes: Uint8Array): Promise<number> {
    if (this.#large === undefined && this.length + bytes.length <= Math.min(SMALL_BYTES, this.#buffers.size)) {
      this.#small.push(Buffer.from(bytes))
      this.length += bytes.length
      return bytes.length
    }
    if (this.#large === undefined) {
      this.#large = await this.#buffers.take(this.#signal)
      Buffer.concat(this.#small.splice(0)).copy(this.#large)
    }
    const taken = bytes.subarray(0, this.#buffers.size - this.length)
    this.#large.set(taken, this.length)
    this.length += taken.length
    return taken.length
  }

  bytes(): Buffer {
    return this.#large?.subarray(0, this.length) ?? Buffer.concat(this.#small)
  }

  /** Gives the memory back. */
  release(): void {
    if (this.#large !== undefined) this.#buffers.give(this.#large)
    this.#large = undefined
    this.#small = []
    this.length = 0
  }
}
