import type { Secret } from './secret.ts'

/** What the program needs of the host. `host.ts` makes the real ones; tests make their own. */

/** Time, in milliseconds. */
export interface Clock {
  /** The time of day, since 1970 UTC: for what is shown, or compared with what others say. It may be set at any moment, forward or back. */
  now(): number
  /**
   * Time since some moment, whole: it goes on steadily whatever the time of day is set to, so that durations and deadlines are told by it.
   */
  monotonic(): number
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as that is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Unguessable randomness. */
export interface Random {
  /** A version 4 UUID, lower case. */
  uuid(): string
  /** A whole number, `0 <= n < limit`. */
  below(limit: number): number
}

/** How far a long operation has come. Units are the reporter's own: bytes, percent, entries. */
export interface Progress {
  /** Starts or renames the current step; `total` where it is known, in bytes unless `unit` says otherwise. */
  step(label: string, total?: number, unit?: 'bytes' | 'percent'): void
  /** What is done of the current step, absolute, in the unit of `total`. */
  at(done: number): void
  /** The step is over; what is shown of it goes away. */
  end(): void
  /**
   * Something is waited for, until the function returned is called. What is narrower than the work of a whole line only says more about
   * that.
   */
  wait(wait: Wait): () => void
  /** What is shown makes way for output. @param open that doesn't end its line: nothing is shown until the next output does */
  clear(open?: boolean): void
  /** Nothing is shown until the function returned is called: the terminal is somebody else's. */
  hold(): () => void
}

/** What is waited for. Its texts are asked for anew each time that they are shown. */
export interface Wait {
  /** The work of a whole line, a request to the service, a command on an endpoint: the narrower says more. */
  kind: 'work' | 'request' | 'command'
  /** Where, and what: `WIN-FIN-01: process list`. */
  what(): string
  /** What else there is to be known: `behind job 1`. */
  more?(): string | undefined
  /** What is being ended once the work was given up: `ping, pid 3276`. */
  ending?(): string
  /** Of work: aborted when it is given up. */
  signal?: AbortSignal
}

/** Progress that nobody looks at. */
export const SILENT: Progress = { step() {}, at() {}, end() {}, wait: () => () => {}, clear() {}, hold: () => () => {} }

/** One HTTP request on its way out. */
export interface WireRequest {
  method: string
  url: URL
  headers: Record<string, string>
  /** The body, whole or as it comes; a streamed body needs a content-length header. */
  body?: Uint8Array | AsyncIterable<Uint8Array>
  signal?: AbortSignal
  /** Milliseconds without a byte in either direction after which the request fails. */
  idleTimeout?: number
}

/** Its answer; `body` must be read to its end or left by `break`. */
export interface WireResponse {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: AsyncIterable<Uint8Array>
  /** The server's certificate, where the connection has one. */
  certificate?(): Certificate | undefined
}

/** What is told of a server's certificate. */
export interface Certificate {
  subject: string
  issuer: string
  /** Until when it is valid, milliseconds since 1970. */
  until: number
  /** Version of TLS: `TLSv1.3`. */
  protocol: string
}

/** The way to a service. */
export interface Route {
  /** What is connected to: the service, or the proxy. */
  host: string
  /** Its addresses. */
  addresses: string[]
  /** `from` says where it was named. */
  proxy?: { host: string; from: string }
}

/**
 * Carries requests: over the network, or into the lab. It follows no redirects and knows no credentials.
 * @throws CbcError network: the service can't be reached, or the connection broke
 */
export type Transport = (request: WireRequest) => Promise<WireResponse>

/** Files on this machine. Paths are the user's own, relative to the working directory. */
export interface LocalFiles {
  /** @throws CbcError io, not_found: it doesn't exist, or is no regular file */
  open(path: string): Promise<LocalSource>
  /**
   * Where a file would go, absolute; nothing is made.
   * @param path a file, or an existing directory, in which the file is then called `name`
   * @throws CbcError refused: it exists and `overwrite` is false, or is a link, a pipe or a device, which are never written through; io
   */
  place(path: string, name: string, overwrite: boolean): Promise<string>
  /**
   * Starts a file that appears under its name, which `place` gives, only when it is whole: until then it is `.part`. It is its user's
   * alone.
   * @param resume go on with a `.part` that an earlier run left: it is `held` then
   * @throws CbcError refused; io
   */
  create(path: string, name: string, overwrite: boolean, resume?: boolean): Promise<LocalTarget>
  /**
   * Starts a file in the place of what is there, as `>` of a shell does: a pipe or device takes bytes as they come, and of a link what it
   * leads to is replaced.
   */
  replace(path: string): Promise<LocalTarget>
  /**
   * A directory for many files, made where it isn't there.
   * @param path a directory; an existing one in which the folder is then called `name`, where there is a name
   * @throws CbcError io
   */
  folder(path: string, name?: string): Promise<LocalFolder>
  /** Opens a file to add to its end. */
  append(path: string): Promise<LocalTarget>
  /**
   * Text of a whole file, UTF-8 or UTF-16, without a byte order mark, its lines ending with LF.
   * @throws CbcError io; usage: it is neither
   */
  text(path: string): Promise<string>
  /** What is in a directory; a link is no directory here, whatever it leads to. @throws CbcError io: it can't be read */
  names(directory: string): Promise<LocalName[]>
  /** Where a path really is once its links are followed, absolute. @throws CbcError io: it leads nowhere */
  real(path: string): Promise<string>
  /** The absolute path of a directory. @throws CbcError io: it isn't there, or is none */
  directory(path: string): Promise<string>
  /** What is in a directory, or the one file that `path` is. @throws CbcError io */
  entries(path: string): Promise<LocalEntry[]>
  /** A file for what is too much for memory; nothing is left of it, however the program ends. @throws CbcError io */
  scratch(): Promise<LocalScratch>
}

export interface LocalScratch {
  write(chunk: Uint8Array): Promise<void>
  /** What was written until now, from its beginning. */
  bytes(): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

interface LocalName {
  name: string
  directory: boolean
  link: boolean
}

interface LocalEntry {
  name: string
  directory: boolean
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. */
  modified: number
}

export interface LocalSource {
  path: string
  /** Its last part. */
  name: string
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. */
  modified: number
  bytes(): AsyncIterable<Uint8Array>
}

export interface LocalTarget {
  path: string
  write(chunk: Uint8Array): Promise<void>
  /** Flushes to disk, sets the modification time (ms since 1970) and renames to the final name. */
  commit(modified?: number): Promise<void>
  /** Removes what was written. */
  discard(): Promise<void>
  /** Begins anew with nothing. Absent where what is written is gone. */
  drop?(): Promise<void>
  /**
   * Says of what the bytes that were written until now are the beginning, for a later run: the file's modification time (ms since 1970) and
   * its size. Absent where there is no `.part`.
   */
  stamp?(modified: number, size: number | undefined): Promise<void>
  /** Ends with what was written left in `.part`, to be resumed. Absent where there is none. */
  keep?(): Promise<void>
  /** What an earlier run left, and what is written is added to. */
  held?: LocalPart
  /** Why what an earlier run left was not taken up, though it was asked for. */
  unused?: string
}

export interface LocalPart {
  /** Bytes. */
  size: number
  /** Of the file of which it is the beginning, milliseconds since 1970. */
  modified: number
  /** Size of that file, bytes; absent where nobody noted it. */
  whole?: number
  bytes(): AsyncIterable<Uint8Array>
}

/** A directory whose files come from elsewhere: their names never decide where they go, and no two get the same one, whatever its case. */
export interface LocalFolder {
  /** Absolute. */
  path: string
  /** Starts a file as `LocalFiles.create` does, under `name` or one like it. */
  create(name: string, overwrite: boolean, resume?: boolean): Promise<LocalTarget>
  folder(name: string): Promise<LocalFolder>
}

/**
 * The operating system's store of secrets: the keychain of macOS, the Credential Manager of Windows, the Secret Service of Linux desktops.
 */
export interface Keychain {
  /** The secret kept under a name; undefined where there is none. @throws CbcError io: it can't be read */
  get(account: string, signal?: AbortSignal): Promise<Secret | undefined>
  /** @throws CbcError io: it can't be written */
  set(account: string, secret: Secret, signal?: AbortSignal): Promise<void>
  /** Removes what is kept under a name, if anything is. @throws CbcError io */
  delete(account: string, signal?: AbortSignal): Promise<void>
}

/** A small text that is remembered between runs, and no loss when it isn't. */
export interface Cache {
  /** What was written last; undefined where nothing is. */
  read(): Promise<string | undefined>
  /** Readable by the user alone, whole or not at all. */
  write(text: string): Promise<void>
}

/** Where output goes: a stream whose terminal-ness is a value, so that a test can flip it. */
export interface Output {
  readonly isTerminal: boolean
  /** Whether colours may be used. */
  readonly color: boolean
  /** Width in characters; of a terminal as it is now. */
  columns(): number
  /**
   * Resolves when more can be taken.
   * @throws ClosedPipe: nobody reads any more
   */
  write(data: string | Uint8Array): Promise<void>
}

/** The reader of an output has gone (`cbc … | head -1`): the program ends quietly. */
export class ClosedPipe extends Error {
  override name = 'ClosedPipe'
}
