/** Where runs over several devices are kept, one folder each. Readable by the user alone. */
export interface RunFolders {
  /** Who works here, for the record: `analyst@ws-12`. */
  who(): string
  /** The names of all runs, in no order. */
  names(): Promise<string[]>
  /** Makes the folder of a new run. @throws CbcError io; refused: there is one of that name */
  create(name: string): Promise<RunFolder>
  /** Opens the folder of a run; undefined where there is none. */
  open(name: string): Promise<RunFolder | undefined>
  /** As that of a folder, for a file of an absolute path. */
  lines: RunFolder['lines']
}

/** The folder of one run. A file is named relative to the folder, or by an absolute path. */
export interface RunFolder {
  /** Absolute. */
  readonly path: string
  /** Returns a small text file; undefined where there is none. @throws CbcError io */
  read(file: string): Promise<string | undefined>
  /**
   * Reads the complete lines of a file, from byte `from` on: a last line without its line break is not yet, or never was, complete. A file
   * that doesn't exist has none.
   * @returns each line, and where the next one begins
   */
  lines(file: string, from?: number): AsyncIterable<{ text: string; end: number }>
  /** Writes a whole file, which appears complete or not at all, also after a power failure. @throws CbcError io */
  write(file: string, text: string): Promise<void>
  /** Opens a file of lines of JSON that only grows. A last line that was cut off stays without meaning. @throws CbcError io */
  append(file: string): Promise<DurableFile>
  /**
   * Takes a file for this process alone, until the returned function is called or the process is dead; undefined where a living process has
   * it.
   */
  lock(file: string): Promise<(() => Promise<void>) | undefined>
  /** Whether a living process has a file. */
  isLocked(file: string): Promise<boolean>
  /** Calls back whenever files of the folder change, or only one of them, until the returned function is called. */
  watch(listener: () => void, file?: string): () => void
  /** Removes the folder and everything in it. */
  remove(): Promise<void>
}

/** A file that only grows, line by line, and holds what it was given even after a power failure. */
export interface DurableFile {
  /**
   * Appends whole lines. What is given at the same time goes to the disk together.
   * @param lines each ends with a line break
   * @returns once they are on the disk
   * @throws CbcError io: they may not be there
   */
  append(lines: string): Promise<void>
  close(): Promise<void>
}
