import { Readable, Writable } from 'node:stream'
import type { Host } from '../core/host.ts'
import { wholeLines } from './lines.ts'
import { StdioServerTransport } from './sdk.ts'

/** A client's messages on the host's streams, with a count of the requests that were not answered yet. */
export class Stdio extends StdioServerTransport {
  readonly #pending = new Set<unknown>()
  readonly #stdin: Host['stdin']['stream']
  #settled: () => void = () => {}
  /** Resolves when no more input comes, or the client reads nothing more. */
  readonly inputEnded: Promise<void>

  /** @param complain takes a line about input that is no message */
  constructor({ stdin, stdout }: Pick<Host, 'stdin' | 'stdout'>, complain: (line: string) => void) {
    const lines = wholeLines(stdin.stream as AsyncIterable<Uint8Array | string>, () => complain('a message is too long, and is left out'))
    const input = Readable.from(lines, { objectMode: false })
    const output = new Writable({
      decodeStrings: false,
      write: (text: string | Buffer, _encoding, done) => void stdout.write(text).then(() => done(), done),
    })
    // Each answer that waits for a client that reads slowly listens to it.
    output.setMaxListeners(0)
    super(input, output)
    this.#stdin = stdin.stream
    this.inputEnded = new Promise(resolve => {
      input.once('close', resolve)
      output.once('close', resolve)
    })
    input.on('error', () => {})
    output.on('error', () => {})
    this.onmessage = message => {
      if ('method' in message && 'id' in message) this.#pending.add(message.id)
      // A request that was cancelled is not answered.
      else if ('method' in message && message.method === 'notifications/cancelled') this.#answered(message.params?.['requestId'])
    }
  }

  override async close(): Promise<void> {
    await super.close()
    // While a read is pending, the program would not end.
    if (this.#stdin instanceof Readable) this.#stdin.destroy()
  }

  override async send(message: Parameters<StdioServerTransport['send']>[0]): Promise<void> {
    await super.send(message)
    if (!('method' in message) && 'id' in message) this.#answered(message.id)
  }

  /** Resolves when every request so far is answered. */
  async allAnswered(): Promise<void> {
    if (this.#pending.size === 0) return
    await new Promise<void>(resolve => {
      this.#settled = resolve
    })
  }

  #answered(id: unknown): void {
    this.#pending.delete(id)
    if (this.#pending.size === 0) this.#settled()
  }
}
