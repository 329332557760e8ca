import type { LocalTarget } from './ports.ts'

/** A folder on this machine that is filled first, and then appears as a whole. */
export interface NewFolder {
  /** Where it will be. Absolute. */
  readonly path: string
  /**
   * Begins a file of any name that the file system takes, and the folders above it.
   * @param file below the folder, with `/`
   * @throws CbcError io: it can't be written, or there is one of that name
   */
  create(file: string): Promise<LocalTarget>
  /** Makes the folder appear, also after a power failure. @throws CbcError refused: there is something of its name by now; io */
  commit(): Promise<void>
  /** Removes everything. */
  discard(): Promise<void>
}
