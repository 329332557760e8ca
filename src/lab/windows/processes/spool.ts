import { encodeText } from '../../../core/text/encode-text.ts'
import type { Blobs, Content } from '../../endpoint.ts'
import { bytesBody } from '../fs/body.ts'

/** How many bytes are kept in memory and in the state before output goes to the blob store. */
const MAX_IN_MEMORY_BYTES = 64 * 1024

/** The console that programs share when they write to the same one. */
export interface Console {
  /** The code page of their text. */
  page: number
}

/** Collects output piece by piece into a Content, in constant memory: large output goes to the blob store. */
export class Spool {
  size = 0
  readonly console: Console
  private readonly blobs: Blobs
  private pending: Uint8Array[] = []
  private stored: Promise<Content> | undefined
  private closed = false
  private wake = () => {}
  private drained = () => {}

  constructor(blobs: Blobs, console: Console) {
    this.blobs = blobs
    this.console = console
  }

  /** Writes text in the console's code page, with ? for characters that it doesn't have. */
  write(chunk: Uint8Array | string): void {
    const bytes = typeof chunk === 'string' ? (encodeText(chunk, this.console.page)?.bytes ?? Buffer.from(chunk)) : chunk
    if (bytes.length === 0) return
    this.pending.push(bytes)
    this.size += bytes.length
    if (this.size > MAX_IN_MEMORY_BYTES) this.stored ??= this.blobs.write(this.take())
    this.wake()
  }

  /** Writes a whole stream, no faster than it is stored. */
  async copy(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      this.write(chunk)
      if (this.stored !== undefined)
        await Promise.race([
          new Promise<void>(resolve => {
            this.drained = resolve
          }),
          this.stored,
        ])
    }
  }

  /** Returns the output so far while it is small; undefined once it is large. */
  soFar(): Content | undefined {
    return this.stored === undefined ? bytesBody(Buffer.concat(this.pending)) : undefined
  }

  /** Returns all output. Nothing may be written afterwards. */
  async end(): Promise<Content> {
    const small = this.soFar()
    if (small !== undefined) return small
    this.closed = true
    this.wake()
    return (await this.stored) ?? bytesBody(Buffer.alloc(0))
  }

  private async *take(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunks = this.pending
      this.pending = []
      yield* chunks
      if (this.pending.length > 0) continue
      if (this.closed) return
      this.drained()
      await new Promise<void>(resolve => {
        this.wake = resolve
      })
    }
  }
}
