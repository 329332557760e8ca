import type { LocalFiles } from './ports.ts'

/**
 * Where the devices of runs put their files in place of a folder of this machine (`--store`): `<run>/<device>/<name>`. Nothing in it is ever
 * overwritten.
 */
export interface FileStore {
  /** @param signal ends transfers */
  open(run: string, device: string, signal: AbortSignal): StoredFiles
  /** Releases its connections. */
  close(): void
}

/** What one device of a run puts there. */
export interface StoredFiles {
  /** What verbs bring files home with: of a path, only its last part counts, as the name of a file. */
  local: Pick<LocalFiles, 'place' | 'create' | 'folder'>
  /**
   * Writes the list of the files that were stored, beside the device's folder: a line of JSON a file. Without files, none.
   * @throws CbcError as a file that can't be stored
   */
  list(): Promise<void>
}

/** Holds objects that are written once: a folder, or a bucket. Their paths are safe names with `/` between them. */
export interface ObjectStore {
  /** Where an object is, for people: an absolute path, or `s3://bucket/key`. */
  locate(path: string): string
  /** Whether there is an object. @throws CbcError io, network, auth: it can't be found out */
  has(path: string, signal: AbortSignal): Promise<boolean>
  /** Starts an object, which appears only when it is whole. @throws CbcError io, network, auth, refused */
  begin(path: string, signal: AbortSignal): Promise<ObjectUpload>
}

export interface ObjectUpload {
  /** The memory of `chunk` may be used again as soon as the promise resolves. */
  write(chunk: Uint8Array): Promise<void>
  /** Starts again with an empty object. */
  drop(): Promise<void>
  /** Whether the object at a path has the same bytes. Called once everything is written. */
  isAt(path: string, written: Written): Promise<boolean>
  /**
   * Makes the object appear.
   * @param modified time of the original, milliseconds since 1970
   * @returns false: there is one of its name by now, which stays as it is
   */
  commit(written: Written, modified?: number): Promise<boolean>
  discard(): Promise<void>
}

/** What was written to an object. */
export interface Written {
  /** Bytes. */
  size: number
  /** Hexadecimal. */
  sha256: string
}
