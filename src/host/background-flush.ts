import type { FileHandle } from 'node:fs/promises'

/** Bytes that are written before they are brought to disk. */
const FLUSH_BYTES = 32 * 1024 * 1024

/** Brings a large file to disk while it is being written, so that there is little left to wait for at its end. */
export class BackgroundFlush {
  #waiting = 0
  #flushing: Promise<void> | undefined
  #failure: unknown

  /** Notes that bytes were written. @throws the error of an earlier flush: the system reports it once, so that the last one may succeed */
  wrote(file: FileHandle, bytes: number): void {
    this.#check()
    this.#waiting += bytes
    if (this.#flushing !== undefined || this.#waiting < FLUSH_BYTES) return
    this.#waiting = 0
    this.#flushing = file
      .datasync()
      .catch((error: unknown) => {
        this.#failure = error
      })
      .finally(() => {
        this.#flushing = undefined
      })
  }

  /** Brings all of it to disk. @throws as `wrote` */
  async end(file: FileHandle): Promise<void> {
    await this.#flushing
    this.#check()
    await file.sync()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}
