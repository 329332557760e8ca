import type { Clock, LocalFiles, Output, Random, Transport } from './ports.ts'

/** The world as the program sees it: composed once, lazily, in `src/world.ts`; a test makes its own. */
export interface World {
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  random: Random
  stdin: { isTerminal: boolean, stream: NodeJS.ReadableStream }
  stdout: Output
  stderr: Output
  /** Streams for prompts and the line editor. */
  terminal: { output: NodeJS.WritableStream, raw(on: boolean): void, columns(): number, rows(): number, onResize(listener: () => void): () => void }
  local: LocalFiles
  /** Aborted by Ctrl-C or a signal that ends the program. */
  interrupt: AbortSignal
  /** Calls back instead of aborting `interrupt` on Ctrl-C, until the function returned is called. */
  onInterrupt(listener: () => void): () => void
  /** `credentials.cbc` files in the order of the SDK's search. */
  credentialsFiles(): string[]
  /** The file in which the shell keeps its lines, by profile. */
  historyFile(profile: string): string
  /** Carries requests over the network. */
  network(): Promise<{ send: Transport, close(): void }>
  /** The embedded Carbon Black Cloud, its state kept between runs. */
  lab(options?: LabSettings): Promise<LabService>
  /** Runs a line in the local shell with the terminal's own streams, or with `input` as its stdin. @returns its exit code */
  localShell(line: string, input?: AsyncIterable<Uint8Array>): Promise<number>
  /** This program's version. */
  version: string
}

export interface LabSettings {
  /** Milliseconds that a command takes to an endpoint and back. */
  latency?: number
  /** Serve the endpoint that is this machine too; a directory for its files, or true for its own. */
  local?: string | boolean
  org?: string
  token?: string
}

export interface LabService {
  send: Transport
  org: string
  token: string
  /** Where its state is. */
  directory: string
  serve(options: { port: number }): Promise<{ url: string, close(): Promise<void> }>
  /** Starts over. */
  reset(): Promise<void>
  close(): Promise<void>
}
