import type { Blobs, Content } from '../../../endpoint.ts'
import type { Streams } from '../../processes/run.ts'
import { Spool } from '../../processes/spool.ts'

/** Writes text to a command's streams; `\n` becomes `\r\n`. */
export class TextWriter {
  private readonly streams: Streams

  constructor(streams: Streams) {
    this.streams = streams
  }

  print(text: string): void {
    this.streams.out.write(text.replace(/\r?\n/g, '\r\n'))
  }

  complain(text: string): void {
    this.streams.err.write(text.replace(/\r?\n/g, '\r\n'))
  }

  /** Returns a buffer for output on its way to the next command. */
  pipe(blobs: Blobs): { out: Spool; err: Spool; content: () => Promise<Content> } {
    const out = new Spool(blobs, this.streams.out.console)
    return { out, err: this.streams.err, content: () => out.end() }
  }
}
