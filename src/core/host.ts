import type { NetworkSettings } from './auth-and-network.ts'
import type { Ledger } from './ledger.ts'
import type { Cache, Clock, Keychain, LocalFiles, Output, Random, Route, Transport } from './ports.ts'
import type { ShellLanguage } from './quote.ts'

/** The host as the program sees it: composed once, lazily, in `src/host.ts`; a test makes its own. */
export interface Host {
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  random: Random
  stdin: { isTerminal: boolean; stream: NodeJS.ReadableStream }
  stdout: Output
  stderr: Output
  /** The terminal, for questions and the line editor: stdout, or stderr where that is redirected. */
  terminal: {
    output: NodeJS.WritableStream
    raw(on: boolean): void
    columns(): number
    rows(): number
    onResize(listener: () => void): () => void
  }
  local: LocalFiles
  /**
   * Stops the program and all that was started with it, as Ctrl-Z does in a shell; resolves when it goes on, at once where nobody could
   * continue it.
   */
  suspend(): Promise<void>
  /** Calls back when the program goes on after it was stopped, until the function returned is called. */
  onContinue(listener: () => void): () => void
  /** Aborted by Ctrl-C or a signal that ends the program; a second Ctrl-C leaves the cleaning up, too (`leftBy`). */
  interrupt: AbortSignal
  /** Calls back instead of aborting `interrupt` on Ctrl-C, until the function returned is called. */
  onInterrupt(listener: () => void): () => void
  /** `credentials.cbc` files in the order of the SDK's search, but for those of the working directory. */
  credentialsFiles(): string[]
  /** Those of the working directory: whoever can write there, or a download, may have put them there. */
  credentialsHere(): string[]
  /** The directory of the program's own profiles. */
  configDirectory(): string
  /** The operating system's keychain; undefined where there is none that can be used. */
  keychain(): Promise<Keychain | undefined>
  /** Does `work`, which is synchronous, while no other run of the program does some for the same file. */
  exclusively<T>(file: string, work: () => T): Promise<T>
  /** What is remembered between runs under a name. */
  cache(name: string): Cache
  /** The file in which the shell keeps its lines, by profile. */
  historyFile(profile: string): string
  /**
   * The ledger of what runs make in an organization and have to remove again.
   * @param place the organization
   * @param warn  told once, in one line, that nothing can be noted
   */
  ledger(place: string, warn: (line: string) => void): Promise<Ledger>
  /** Carries requests over the network. @param settings of the profile */
  network(settings?: NetworkSettings): Promise<{ send: Transport; close(): void }>
  /**
   * How requests would get to a service.
   * @throws CbcError network: its name can't be looked up; usage: what should name a proxy does not
   */
  route(url: URL, settings: NetworkSettings): Promise<Route>
  /**
   * The embedded Carbon Black Cloud, its state kept between runs.
   * @throws CbcError usage: settings or faults are not what they can be; refused: a guarded one with a weak token
   */
  lab(options?: LabSettings): Promise<LabService>
  /** The language of the local shell. */
  shellLanguage: ShellLanguage
  /** Runs a line in the local shell. @returns its exit code */
  localShell(line: string, options?: LocalShellOptions): Promise<number>
  /** This program's version. */
  version: string
  /** What it runs on: `Node 24.21.0 on linux x64`. */
  runtime: string
}

export interface LocalShellOptions {
  /** Its stdin; default: the terminal's, or whatever the program has. */
  input?: AsyncIterable<Uint8Array>
  /** Takes what it writes; default: the program's own streams do. */
  output?: (chunk: Uint8Array) => void
  /** Its working directory, absolute. */
  directory?: string
}

export interface LabSettings {
  /** Milliseconds that a command takes to an endpoint and back, and at random up to how much longer. */
  latency?: number
  jitter?: number
  /** Serve the endpoint that is this machine too; a directory for its files, or true for its own. */
  local?: string | boolean
  org?: string
  /** The API key that may do everything; default: the one of the documents' examples, which everybody knows. */
  token?: string
  /** It runs programs here, or others can reach it: its token is random unless one is given, and what can be guessed is refused. */
  guarded?: boolean
  /** Decides what happens at random, and the made-up devices. */
  seed?: number
  /** The directory of its state; false: none, it ends with the program. */
  state?: string | false
  /** How many devices it has. */
  devices?: number
  /** How it behaves, and what is to go wrong: JSON (docs/lab.md). */
  settings?: unknown
  faults?: unknown
  /** API keys besides its own, with their permissions: JSON (docs/lab.md). */
  keys?: unknown
}

/** Where to serve a lab. */
export interface ServeLab {
  /** 0: any that is free. */
  port: number
  /** A name or address of this machine; default: for this machine only. */
  host?: string
  /** https, with a certificate made on the spot. */
  tls?: boolean
  /** Whether its control calls are answered; default: to this machine. */
  control?: boolean
}

export interface ServedAt {
  url: string
  /** With `tls`: the file with the certificate that clients have to trust. */
  ca?: string
  close(): Promise<void>
}

export interface LabService {
  send: Transport
  org: string
  token: string
  /** Where its state is; undefined when it ends with the program. */
  directory: string | undefined
  /** @throws CbcError refused: it has this machine as an endpoint and others could reach it; io: it can't listen there */
  serve(options: ServeLab): Promise<ServedAt>
  /** Starts over. */
  reset(): Promise<void>
  close(): Promise<void>
}
