/** Lends a few large buffers, so that memory is bounded however many files are on their way. */
export class Buffers {
  /** Bytes of each. */
  readonly size: number
  readonly #free: Buffer[] = []
  readonly #waiting: ((buffer: Buffer) => void)[] = []
  #left: number

  /** @param most how many there are */
  constructor(size: number, most: number) {
    this.size = size
    this.#left = most
  }

  /** Takes a buffer, in the order of asking. @throws the signal's reason */
  async take(signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted()
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#left > 0) {
      this.#left -= 1
      return Buffer.allocUnsafeSlow(this.size)
    }
    return await new Promise((resolve, reject) => {
      const given = (buffer: Buffer) => {
        signal.removeEventListener('abort', leave)
        resolve(buffer)
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(given), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(given)
    })
  }

  give(buffer: Buffer): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free.push(buffer)
    else next(buffer)
  }
}
