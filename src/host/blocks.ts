/** Bytes after which a block is full. */
const FULL_BYTES = 1024 * 1024

/** Collects bytes into two blocks of memory in turn: one is filled while the other is being used. */
export class Blocks {
  #filling: Buffer
  #used: Buffer
  #size = 0
  #ended: Error | undefined
  #wake = () => {}
  #scheduled = false
  readonly #more: () => void

  /**
   * @param most bytes that are added at once, usually
   * @param more called when there is room again
   */
  constructor(most: number, more: () => void) {
    this.#filling = Buffer.allocUnsafeSlow(FULL_BYTES + most)
    this.#used = Buffer.allocUnsafeSlow(FULL_BYTES + most)
    this.#more = more
  }

  /** Adds a copy of some bytes. @returns whether there is room for more; what comes nevertheless is added too */
  add(bytes: Uint8Array): boolean {
    if (this.#size + bytes.length > this.#filling.length) this.#filling = Buffer.concat([this.#filling], this.#size + bytes.length)
    this.#filling.set(bytes, this.#size)
    this.#size += bytes.length
    this.#schedule()
    return this.#size < FULL_BYTES
  }

  /** Nothing more will come. @param why what `next` throws after the last bytes */
  end(why: Error): void {
    this.#ended ??= why
    this.#schedule()
  }

  /** Waits for bytes. @returns what has come so far; it is valid until the next call @throws the reason why nothing more will come */
  async next(): Promise<Uint8Array> {
    while (this.#size === 0) {
      if (this.#ended !== undefined) throw this.#ended
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    const block = this.#filling.subarray(0, this.#size)
    ;[this.#filling, this.#used] = [this.#used, this.#filling]
    this.#size = 0
    this.#more()
    return block
  }

  /** Wakes the reader when this turn of the event loop is over, so that it gets all that has arrived. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#wake()
    })
  }
}
