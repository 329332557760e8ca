import type { Secret } from './secret.ts'

/** What the program needs from the host. `host.ts` makes the real ones; tests make their own. */

/** Time, in milliseconds. */
export interface Clock {
  /**
   * The time of day, since 1970 UTC: for what is shown, or compared with times from elsewhere. It may be set forward or back at any moment.
   */
  now(): number
  /**
   * Whole milliseconds since some moment. It advances steadily whatever the time of day is set to, so durations and deadlines are measured
   * by it.
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

/** The progress of a long operation. Units are the reporter's own: bytes, percent, entries. */
export interface Progress {
  /** Starts or renames the current step; `total`, where it is known, is in bytes unless `unit` says otherwise. */
  step(label: string, total?: number, unit?: 'bytes' | 'percent'): void
  /** How much of the current step is done, absolute, in the unit of `total`. */
  at(done: number): void
  /**
   * Shows a line that stands below the output while that goes by, instead of a step, until `end`.
   * @param text makes it for so many columns, each time that it is drawn
   */
  status(text: (columns: number) => string): void
  /** Ends the step and removes its display. */
  end(): void
  /** Reports a wait until the returned function is called. While the work of a whole line waits, a narrower wait only adds detail to it. */
  wait(wait: Wait): () => void
  /** Clears the display before output. @param open the output does not end its line: nothing is shown until the next output does */
  clear(open?: boolean): void
  /** Hides the display until the returned function is called, while something else uses the terminal. */
  hold(): () => void
}

/** Something that is waited for. Its texts are evaluated each time that they are shown. */
export interface Wait {
  /** What waits: the work of a whole line, a request to the service, or a command on an endpoint. The narrower says more. */
  kind: 'work' | 'request' | 'command'
  /** Where and what: `WIN-FIN-01: process list`. */
  what(): string
  /** Further detail: `behind job 1`. */
  more?(): string | undefined
  /** What is being ended after the work was given up: `ping, pid 3276`. */
  ending?(): string
  /** Of the work of a line: aborted when it is given up. */
  signal?: AbortSignal
}

/** Progress that shows nothing. */
export const SILENT: Progress = { step() {}, at() {}, status() {}, end() {}, wait: () => () => {}, clear() {}, hold: () => () => {} }

/** An HTTP request. */
export interface WireRequest {
  method: string
  url: URL
  headers: Record<string, string>
  /**
   * The body, whole or as a stream; a streamed body needs a content-length header, and the memory of its chunks may be used again as soon as
   * the one after the next is asked for.
   */
  body?: Uint8Array | AsyncIterable<Uint8Array>
  signal?: AbortSignal
  /** Milliseconds without a byte in either direction after which the request fails. */
  idleTimeout?: number
  /**
   * The answer's body may be large, and is used as it comes: with status 200, the memory of a chunk may be used again as soon as the next
   * one is asked for.
   */
  reuse?: boolean
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

/** The facts about a server's certificate. */
export interface Certificate {
  subject: string
  issuer: string
  /** The end of its validity, milliseconds since 1970. */
  until: number
  /** The TLS version: `TLSv1.3`. */
  protocol: string
}

/** The route to a service. */
export interface Route {
  /** What is connected to: the service, or the proxy. */
  host: string
  /** Its addresses. */
  addresses: string[]
  /** The proxy, and the variable or setting that named it. */
  proxy?: { host: string; from: string }
}

/**
 * Sends requests, over the network or into the lab. It follows no redirects and knows no credentials.
 * @throws CbcError network: the service can't be reached, or the connection broke
 */
export type Transport = (request: WireRequest) => Promise<WireResponse>

/** Files on this machine. Paths are the user's own, relative to the working directory. */
export interface LocalFiles {
  /** @throws CbcError io; not_found: it doesn't exist, or is not a regular file */
  open(path: string): Promise<LocalSource>
  /**
   * Returns the absolute path that a file would get; nothing is created.
   * @param path a file, or an existing directory, in which the file is then called `name`
   * @throws CbcError refused: it exists and `overwrite` is false, or it is a link, a pipe or a device, which are never written through; io
   */
  place(path: string, name: string, overwrite: boolean): Promise<string>
  /**
   * Starts a file that appears under the name that `place` returns only when it is complete: until then it is `.part`. Only its user can
   * read it.
   * @param resume continue a `.part` that an earlier run left, which is then in `held`
   * @throws CbcError refused; io
   */
  create(path: string, name: string, overwrite: boolean, resume?: boolean): Promise<LocalTarget>
  /**
   * Starts a file that replaces an existing one, as `>` of a shell does: a pipe or device receives bytes as they come, and for a link its
   * target is replaced.
   */
  replace(path: string): Promise<LocalTarget>
  /**
   * Opens a directory for many files, and creates it where it doesn't exist.
   * @param path a directory; an existing one in which the folder is then called `name`, where there is a name
   * @param shared whether what is made there is the group's, too; default: its owner's alone
   * @throws CbcError io
   */
  folder(path: string, name?: string, shared?: boolean): Promise<LocalFolder>
  /** Opens a file for appending. @param isNew there must be none of that name yet @throws CbcError io */
  append(path: string, isNew?: boolean): Promise<LocalTarget>
  /**
   * Reads a whole text file, UTF-8 or UTF-16, without a byte order mark, with lines ending in LF.
   * @throws CbcError io; usage: it is neither
   */
  text(path: string): Promise<string>
  /** Lists a directory; a link does not count as a directory, whatever its target. @throws CbcError io: it can't be read */
  names(directory: string): Promise<LocalName[]>
  /** Returns the absolute path with its links resolved. @throws CbcError io: its target doesn't exist */
  real(path: string): Promise<string>
  /** Returns the absolute path of a directory. @throws CbcError io: it doesn't exist, or is not a directory */
  directory(path: string): Promise<string>
  /** Lists a directory, or the one file that `path` names. @throws CbcError io */
  entries(path: string): Promise<LocalEntry[]>
  /** Makes a temporary file for what is too large for memory; it is removed however the program ends. @throws CbcError io */
  scratch(): Promise<LocalScratch>
}

export interface LocalScratch {
  /** @param at where it begins, bytes; default: after everything that was written so far. What is skipped is zeros */
  write(chunk: Uint8Array, at?: number): Promise<void>
  /** Returns the bytes of a range: fewer at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array>
  /** Everything that was written so far. */
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
  /**
   * Its bytes from the beginning.
   * @param options `reuse`: the memory of a chunk may be used again as soon as the one after the next is asked for
   * @throws CbcError io: it changed since it was opened, or can't be read
   */
  bytes(options?: { reuse?: boolean }): AsyncIterable<Uint8Array>
}

export interface LocalTarget {
  /** Where the file will be. In a store (`FileStore`) that is certain only after `commit`. */
  readonly path: string
  write(chunk: Uint8Array): Promise<void>
  /** Flushes to disk, sets the modification time (milliseconds since 1970) and renames to the final name. */
  commit(modified?: number): Promise<void>
  /** Removes the file. */
  discard(): Promise<void>
  /** Starts again with an empty file. Absent where written bytes can't be taken back. */
  drop?(): Promise<void>
  /** Records for a later run which file the bytes written so far are the beginning of. Absent where there is no `.part`. */
  note?(whole: WholeFile): Promise<void>
  /** Closes the file and leaves `.part` to be resumed. Absent where there is none. */
  keep?(): Promise<void>
  /** What an earlier run left; writes are appended to it. */
  held?: LocalPart
  /** Why the `.part` of an earlier run was not resumed, though that was asked for. */
  unused?: string
  /** After `commit`: the file of the same name and other content that it was kept beside, where nothing is overwritten. */
  readonly earlier?: string | undefined
}

/** What tells whether a file is still the same. */
export interface WholeFile {
  /** Bytes. */
  size: number
  /** Milliseconds since 1970. */
  modified: number
}

export interface LocalPart {
  /** Bytes. */
  size: number
  /** Modification time of the complete file as it was recorded, else that of the part; milliseconds since 1970. */
  modified: number
  /** Size of the complete file, bytes; absent where it was not recorded. */
  whole?: number
  bytes(): AsyncIterable<Uint8Array>
}

/**
 * A directory for files from elsewhere: their names never decide where they are written, and no two get the same name, whatever its case.
 */
export interface LocalFolder {
  /** Absolute. */
  path: string
  /** Starts a file as `LocalFiles.create` does, under `name` or a similar one. */
  create(name: string, overwrite: boolean, resume?: boolean): Promise<LocalTarget>
  /**
   * Returns the file that an earlier run completed under this name or a similar one (`a (2).txt`), if it has this modification time
   * (milliseconds since 1970) and size (bytes; undefined: any); its name then counts as used. Absent where what earlier runs left can't be
   * used.
   */
  fetched?(name: string, modified: number, size?: number): Promise<Pick<LocalSource, 'path' | 'size' | 'bytes'> | undefined>
  folder(name: string): Promise<LocalFolder>
}

/**
 * The operating system's store of secrets: the keychain of macOS, the Credential Manager of Windows, the Secret Service of Linux desktops.
 */
export interface Keychain {
  /** Returns the secret stored under a name; undefined where there is none. @throws CbcError io: it can't be read */
  get(account: string, signal?: AbortSignal): Promise<Secret | undefined>
  /** @throws CbcError io: it can't be written */
  set(account: string, secret: Secret, signal?: AbortSignal): Promise<void>
  /** Removes the secret stored under a name, if there is one. @throws CbcError io */
  delete(account: string, signal?: AbortSignal): Promise<void>
}

/** A small text that is kept between runs, and is no loss when it isn't. */
export interface Cache {
  /** Returns what was written last; undefined where nothing was. */
  read(): Promise<string | undefined>
  /** Writes the text atomically, readable by the user alone. */
  write(text: string): Promise<void>
}

/** An output stream. Whether it is a terminal is a value, so that a test can set it. */
export interface Output {
  readonly isTerminal: boolean
  /** Whether colours may be used. */
  readonly color: boolean
  /** Width in characters; for a terminal its current width. */
  columns(): number
  /** It is read by a person in our shell, where a command line of this machine begins with `!`. */
  readonly inShell?: boolean
  /**
   * Resolves when more can be written; the memory of `data` may then be used for something else.
   * @throws ClosedPipe: the reader has gone
   */
  write(data: string | Uint8Array): Promise<void>
}

/** The reader of an output has gone (`cbc … | head -1`); the program then ends quietly. */
export class ClosedPipe extends Error {
  override name = 'ClosedPipe'
}

/** A file of lines that several runs of the program append to at once. Every function throws the file system's errors. */
export interface LinesFile {
  /** Lines since the last call; `whole`: it is all of them, because it is the first call or the file was replaced. */
  read(): { lines: string[]; whole: boolean }
  append(line: string): void
  /** Cuts the file down to its last lines. */
  trim(limit: number): void
}
