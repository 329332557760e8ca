import type { About } from './about.ts'
import type { NetworkSettings } from './auth-and-network.ts'
import type { CaseFolder } from './case-folder.ts'
import type { ObjectStore } from './file-store.ts'
import type { Ledger } from './ledger.ts'
import type { NewFolder } from './new-folder.ts'
import type { Cache, Clock, Keychain, LinesFile, LocalFiles, Output, Random, Route, Transport } from './ports.ts'
import type { ShellLanguage } from './quote.ts'
import type { RunFolders } from './run-folders.ts'
import type { Secret } from './secret.ts'

/** The host as the program sees it. `src/host.ts` composes it once, lazily; tests make their own. */
export interface Host {
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  random: Random
  stdin: { isTerminal: boolean; stream: NodeJS.ReadableStream }
  stdout: Output
  stderr: Output
  /** The terminal for questions and the line editor: stdout, or stderr where stdout is redirected. */
  terminal: {
    output: NodeJS.WritableStream
    raw(on: boolean): void
    columns(): number
    rows(): number
    onResize(listener: () => void): () => void
    /**
     * Calls back with everything that the program writes to stdout and stderr, in that order, until the returned function is called.
     * @param listener `stream` tells the two apart
     */
    tap(listener: (chunk: string | Uint8Array, stream: unknown) => void): () => void
  }
  local: LocalFiles
  /**
   * Suspends the program and everything it started, as Ctrl-Z does in a shell. Resolves when the program is continued, and at once where
   * nobody could continue it.
   */
  suspend(): Promise<void>
  /** Calls back whenever the program is continued after a suspension, until the returned function is called. */
  onContinue(listener: () => void): () => void
  /** Aborted by Ctrl-C, or by a signal that ends the program. A second Ctrl-C abandons the cleanup too (`cleanupSignalOf`). */
  interrupt: AbortSignal
  /** Calls back on Ctrl-C instead of aborting `interrupt`, until the returned function is called. */
  onInterrupt(listener: () => void): () => void
  /** `credentials.cbc` files in the order of the SDK's search, except those of the working directory. */
  credentialsFiles(): string[]
  /** Those of the working directory, which anyone who can write there, or a download, may have created. */
  credentialsHere(): string[]
  /** The directory of the program's own profiles. */
  configDirectory(): string
  /** The operating system's keychain; undefined where none can be used. */
  keychain(): Promise<Keychain | undefined>
  /** Runs synchronous `work` while no other run of the program does so for the same file. */
  exclusively<T>(file: string, work: () => T): Promise<T>
  /** The cache of that name, which is kept between runs. */
  cache(name: string): Cache
  /** Gives what opens the shell's history file for a profile. @throws the file system's errors, when that is called */
  historyFile(profile: string): Promise<() => LinesFile>
  /**
   * Opens the ledger of what runs create in an organization and have to remove again.
   * @param place the organization
   * @param warn called once, with one line, where the ledger can't be written
   */
  ledger(place: string, warn: (line: string) => void): Promise<Ledger>
  /** The user of this machine, and its name. */
  who(): { user: string; host: string }
  /** Opens the folders of runs over several devices. @param below the folder of a case that they are in; default: the program's state */
  runFolders(below?: string): Promise<RunFolders>
  /**
   * Opens the folder of a case.
   * @param options `create`: make it where there is none
   * @throws CbcError not_found: there is no case, and none is to be made; io
   */
  caseFolder(path: string, options?: { create?: boolean }): Promise<CaseFolder>
  /**
   * Begins a folder that appears as a whole. An empty one of its name gives way to it.
   * @throws CbcError refused: there is something of its name; io
   */
  newFolder(path: string): Promise<NewFolder>
  /** Opens a folder for objects that are written once (`--store`). @throws CbcError io: there is no such folder */
  objectFolder(path: string): Promise<ObjectStore>
  /**
   * Tells a supervisor how the program is, over HTTP: `/` with 200 while it works, else 503; `/live` with 200.
   * @throws CbcError io: it can't listen there
   */
  serveHealth(at: { host: string; port: number }, health: () => Health): Promise<ServedHealth>
  /**
   * Serves SFTP over SSH, and nothing else of SSH.
   * @throws CbcError io: it can't listen there, or its host key can't be read or kept; refused: others can read its host key; usage: the
   *   public key is none
   */
  serveSftp(options: ServeSftp): Promise<ServedSftp>
  /** Carries requests over the network. @param settings of the profile */
  network(settings?: NetworkSettings): Promise<{ send: Transport; close(): void }>
  /**
   * Finds out how requests would reach a service.
   * @throws CbcError network: its name can't be resolved; usage: the address of the proxy is not one
   */
  route(url: URL, settings: NetworkSettings): Promise<Route>
  /**
   * Opens the embedded Carbon Black Cloud, whose state is kept between runs.
   * @throws CbcError usage: settings or faults are invalid; refused: a guarded lab with a weak token
   */
  lab(options?: LabSettings): Promise<LabService>
  /** The syntax of the local shell. */
  shellLanguage: ShellLanguage
  /** Runs a line in the local shell. @returns its exit code */
  localShell(line: string, options?: LocalShellOptions): Promise<number>
  /** This program's version, and what it runs on. */
  about: About
}

/** How a program is, for its supervisor. */
export interface Health {
  /** It does its work. */
  ok: boolean
  /** Further facts, for people. */
  facts: Record<string, unknown>
}

export interface ServedHealth {
  url: string
  close(): Promise<void>
}

export interface ServeSftp {
  host: string
  /** 0: any free port. */
  port: number
  /** The only user who is let in. */
  user: string
  /** What lets that user in: a public key in OpenSSH's form, or a password. */
  authentication: { publicKey: string } | { password: OneTimePassword }
  /** Serves a client until it has gone. */
  serve(channel: ByteChannel): Promise<void>
  /** Called when a client is accepted or refused, and when an accepted one has gone. */
  onEvent(event: SshEvent): void
}

/** What became of a client of the SSH server. `from` is its address and port; `as` is what it says of itself, where it tried to log in. */
export type SshEvent = { from: string } & (
  { kind: 'refused'; as?: { user: string; method: string }; why: string } | { kind: 'accepted'; method: string } | { kind: 'closed' }
)

/** A password that lets in once; after that there is another one. */
export interface OneTimePassword {
  readonly current: Secret
  /** Called when it has let somebody in. */
  used(): void
}

/** Bytes to and from a client. */
export interface ByteChannel {
  input: AsyncIterable<Uint8Array>
  /** Resolves when more can be written. @throws ClosedPipe: the client has gone */
  write(bytes: Uint8Array): Promise<void>
}

export interface ServedSftp {
  host: string
  port: number
  /** Of its host key, as OpenSSH shows it: `SHA256:…`. */
  fingerprint: string
  close(): Promise<void>
}

export interface LocalShellOptions {
  /** Its stdin; default: the program's own. */
  input?: AsyncIterable<Uint8Array>
  /** Receives its output; default: the program's own streams. */
  output?: (chunk: Uint8Array) => void
  /** Its working directory, absolute. */
  directory?: string
}

export interface LabSettings {
  /** The round trip of a command to an endpoint, and the largest random addition to it; milliseconds. */
  latency?: number
  jitter?: number
  /** Serve this machine as an endpoint too: a directory for its files, or true for the real ones. */
  local?: string | boolean
  org?: string
  /** The API key with all permissions; default: the one of the documents' examples, which everybody knows. */
  token?: string
  /** The lab runs programs here, or others can reach it: its token is random unless one is given, and a guessable one is refused. */
  guarded?: boolean
  /** The seed of everything random, and of the made-up devices. */
  seed?: number
  /** The directory of its state; false: no state, it ends with the program. */
  state?: string | false
  /** How many devices it has. */
  devices?: number
  /** Which part of its devices has which trouble, percent (docs/lab.md). */
  shares?: Record<string, number>
  /** How it behaves, and the faults to inject: JSON (docs/lab.md). */
  settings?: unknown
  faults?: unknown
  /** Further API keys with their permissions: JSON (docs/lab.md). */
  keys?: unknown
}

/** Where to serve a lab. */
export interface ServeLab {
  /** 0: any free port. */
  port: number
  /** A name or address of this machine; default: reachable from this machine only. */
  host?: string
  /** https, with a certificate generated at start. */
  tls?: boolean
  /** Whether its control calls are answered; default: only to this machine. */
  control?: boolean
}

export interface ServedAt {
  url: string
  /** With `tls`: the file with the certificate that clients must trust. */
  ca?: string
  close(): Promise<void>
}

export interface LabService {
  send: Transport
  org: string
  token: string
  /** The directory of its state; undefined where it ends with the program. */
  directory: string | undefined
  /** @throws CbcError refused: it has this machine as an endpoint and others could reach it; io: it can't listen there */
  serve(options: ServeLab): Promise<ServedAt>
  /** Resets the lab to its initial state. */
  reset(): Promise<void>
  close(): Promise<void>
}
