/** The folder of a case: a journal that only grows, and files that are written once. A file is named relative to the folder, with `/`. */
export interface CaseFolder {
  /** Absolute. */
  readonly path: string
  /** Analysts share it: everything in it is their group's. */
  readonly shared: boolean
  /**
   * Appends lines to the journal while nobody else does, on this machine or another. What is appended at the same time goes to the disk
   * together. A last line that was cut off is set aside first.
   * @param make gets the head of the journal as it is then, and returns the texts of the new lines, without line breaks
   * @returns the new head, once the lines are on the disk
   * @throws CbcError io: they may not be there
   */
  append(make: (head: CaseEnd) => readonly string[]): Promise<CaseHead>
  /** Returns what `head.json` says; undefined where it is missing or can't be read as a head. @throws CbcError io */
  head(): Promise<CaseHead | undefined>
  /**
   * Reads the journal's lines from byte `from` on, in constant memory; there are none where there is no journal.
   * @returns each line without its line break, as text and as its bytes, where the next one begins, and whether its line break is there
   * @throws CbcError io
   */
  lines(from?: number): AsyncIterable<{ text: string; bytes: Uint8Array; end: number; complete: boolean }>
  /** Reads a file. Links are not followed. @throws CbcError not_found, io */
  read(file: string): AsyncIterable<Uint8Array>
  /** Returns a small text file; undefined where there is none. @throws CbcError io */
  text(file: string): Promise<string | undefined>
  /** Lists all files of the folder, or of one below it, in order of path. What is neither file nor folder is told by `kind`. @throws CbcError io */
  list(below?: string): AsyncIterable<CaseFolderEntry>
  /**
   * Writes a whole file that is not there yet: complete or not at all, also after a power failure.
   * @returns false where there is something of that name, which stays as it is
   * @throws CbcError io
   */
  writeNew(file: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean>
  /** Starts a file whose name is decided at its end. @throws CbcError io */
  begin(): Promise<CaseDraft>
  /** Replaces a file that is derived from the case: its report, its exports. @throws CbcError io */
  replace(file: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>
}

/** A file of a case while it is written. */
export interface CaseDraft {
  write(bytes: Uint8Array): Promise<void>
  /** Gives it its name, as `writeNew` does. */
  keep(file: string): Promise<boolean>
  discard(): Promise<void>
}

/** Where a journal ends. */
export interface CaseHead {
  /** The number of lines. */
  lines: number
  /** Their bytes, with line breaks. */
  bytes: number
  /** SHA-256, hex, of the last line without its line break; 64 zeros where there is none. */
  sha256: string
}

/** Where a journal ends when something is appended, and what was found wrong with that end. */
export interface CaseEnd extends CaseHead {
  /** A last line that was cut off, and has been set aside as the file. */
  torn?: { file: string; bytes: number; sha256: string }
  /** What `head.json` said before, where the journal has no such line any more: its end is missing, or it was changed. */
  lost?: CaseHead
}

export interface CaseFolderEntry {
  file: string
  /** Bytes. */
  size: number
  kind: 'file' | 'link' | 'other'
  /** When it was modified last, ISO 8601. */
  modified: string
}

/** The head of a journal without lines. */
export const EMPTY_HEAD: CaseHead = { lines: 0, bytes: 0, sha256: '0'.repeat(64) }
