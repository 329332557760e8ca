/** Where a case is copied to: a bucket. Files are named as in the case. */
export interface CaseStore {
  /** Where a file is, for people: `s3://bucket/key`. */
  locate(file: string): string
  /** Compares what the store has of a file with the file. @throws CbcError io, network, auth */
  compare(file: string, source: StoredSource, signal: AbortSignal): Promise<Comparison>
  /**
   * Stores a file, and makes sure that the store has its bytes.
   * @param over replaces what the store has, if that is still what `compare` saw
   * @throws CbcError refused: somebody else stored something there meanwhile; io, network, auth
   */
  put(file: string, source: StoredSource, signal: AbortSignal, over?: Comparison): Promise<void>
  /** Releases its connections. */
  close(): void
}

/** The bytes of a file, as often as they are asked for. */
export interface StoredSource {
  size: number
  /** @param length so many of them, from the beginning */
  readonly bytes: (length: number) => AsyncIterable<Uint8Array>
}

/** What a store has of a file: nothing, all of its bytes, their beginning, or something else. */
export interface Comparison {
  state: 'absent' | 'same' | 'beginning' | 'other'
  /** Bytes. */
  size: number
  /** Names what is there now. */
  version?: string | undefined
}
