import { type Key, KeyDecoder } from './keys.ts'

/** Keys from a stream of bytes. The one timer of the editor is here: it decides what an ESC is that nothing follows. */
export class KeyInput {
  readonly #stream: NodeJS.ReadableStream
  readonly #delay: number
  readonly #onKeys: (keys: Key[]) => void
  readonly #onEnd: () => void
  #decoder = new KeyDecoder()
  #timer?: NodeJS.Timeout
  #taking = false

  /** @param delay milliseconds that an ESC waits for the rest of its sequence */
  constructor(stream: NodeJS.ReadableStream, delay: number, onKeys: (keys: Key[]) => void, onEnd: () => void) {
    this.#stream = stream
    this.#delay = delay
    this.#onKeys = onKeys
    this.#onEnd = onEnd
  }

  /** Takes keys from now on. */
  start(): void {
    if (this.#taking) return
    this.#taking = true
    this.#decoder = new KeyDecoder()
    this.#stream.on('data', this.#data)
    this.#stream.on('end', this.#onEnd)
    // A terminal that goes away fails to be read: for us that is its end.
    this.#stream.on('error', this.#onEnd)
    this.#stream.resume()
  }

  /** Takes none, and leaves them to whoever reads the terminal next. */
  stop(): void {
    if (!this.#taking) return
    this.#taking = false
    clearTimeout(this.#timer)
    this.#stream.pause()
    this.#stream.off('data', this.#data)
    this.#stream.off('end', this.#onEnd)
    this.#stream.off('error', this.#onEnd)
  }

  readonly #data = (chunk: Uint8Array | string): void => {
    clearTimeout(this.#timer)
    this.#deliver(this.#decoder.feed(chunk))
    // After a pause of the whole program the timer is due before the bytes that wait are read: give them their turn first.
    if (this.#taking && this.#decoder.pending) this.#timer = setTimeout(() => setImmediate(this.#decide, this.#decoder), this.#delay)
  }

  readonly #decide = (decoder: KeyDecoder): void => {
    if (this.#taking && decoder === this.#decoder && decoder.pending) this.#deliver(decoder.flush())
  }

  #deliver(keys: Key[]): void {
    if (keys.length > 0) this.#onKeys(keys)
  }
}
