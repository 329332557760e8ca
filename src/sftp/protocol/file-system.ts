import type { NamedEntry } from './answers.ts'
import type { Attributes } from './attributes.ts'

/** What an SFTP server shows. Paths are the client's: absolute or relative to the root, with `/`. Everything may throw; see `Refusal`. */
export interface FileSystem {
  /** Returns the absolute form of a path; nothing needs to be there. */
  realPath(path: string): string
  /** @param follow describes what a link leads to */
  attributes(path: string, follow: boolean, signal: AbortSignal): Promise<Attributes>
  list(path: string, signal: AbortSignal): Promise<readonly NamedEntry[]>
  /** @param flags of `OPEN` */
  open(path: string, flags: number, signal: AbortSignal): Promise<OpenFile>
  setAttributes(path: string, attributes: Attributes): Promise<void>
  makeDirectory(path: string): Promise<void>
  remove(path: string): Promise<void>
  removeDirectory(path: string): Promise<void>
}

/** A file that a client has opened. */
export interface OpenFile {
  /** It is written to, so that its requests are answered one after the other. */
  readonly writes: boolean
  attributes(signal: AbortSignal): Promise<Attributes>
  /** @returns at least one byte, at most `length`; none at the end of the file */
  read(offset: number, length: number, signal: AbortSignal): Promise<Uint8Array>
  write(offset: number, data: Uint8Array): Promise<void>
  setAttributes(attributes: Attributes): Promise<void>
  /** Gives what was written its place now, before the file is closed. */
  sync(): Promise<void>
  /** Ends the use of the file. What was written gets its place now. */
  close(): Promise<void>
  /** Ends the use of a file whose client has gone. What was written is dropped. */
  abandon(): void
}
