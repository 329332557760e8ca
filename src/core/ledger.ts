/**
 * What a run creates and has to remove again: a session, a temporary file or a shadow copy on the endpoint, a file staged in the cloud (section 4 of the
 * contract), or a program that it could not end.
 */
export type Trace =
  /** `joined`: started by somebody else, so not ours to close. Without an id: about to be started. */
  | { kind: 'session'; device_id: number; session_id?: string; joined?: boolean }
  | { kind: 'file'; device_id: number; path: string }
  /** A shadow copy of a volume of the endpoint, whose drive is `path`. Without an id: about to be made, by a program that prints the id into `output_file`. */
  | { kind: 'shadow'; device_id: number; shadow_id?: string; output_file?: string; path: string }
  /** Deleted with its session. Without an id: about to be staged. */
  | { kind: 'staged'; device_id?: number; session_id: string; file_id?: string; path: string }
  /**
   * A program that was given up and may still run. Without a pid: it is unknown. `path` is the program alone, because its arguments may be
   * secret.
   */
  | { kind: 'program'; device_id: number; pid?: number; path: string }

/** A trace in the ledger. */
export interface LedgerNote {
  /** Adds facts that have become known: the ids that the service assigned. */
  update(facts: { session_id?: string; file_id?: string; shadow_id?: string; output_file?: string; joined?: boolean }): void
  /** This run no longer needs it; the last run that uses it removes it. */
  release(): void
  /** Removes the entry, because what it names is gone. */
  strike(): void
}

/** A trace in the ledger, of any run. */
export interface LedgerEntry {
  trace: Trace
  /** When it was noted, milliseconds since 1970. */
  since: number
  /** Whether the run that made it still uses it. */
  used: boolean
  strike(): void
}

/**
 * The local list of traces in one organization, shared by all runs on this machine. An entry is in its file when the call returns, so that
 * a run that is killed leaves a record of what it created; what stays on an endpoint (files, programs) is recorded even if the power fails.
 * Trouble with the file never stops the work: it is reported once.
 */
export interface Ledger {
  /** Notes a trace before it is made. */
  note(trace: Trace): LedgerNote
  /** All current entries, oldest first. */
  entries(): LedgerEntry[]
}

/** A ledger that records nothing. */
export const NO_LEDGER: Ledger = { note: () => ({ update() {}, release() {}, strike() {} }), entries: () => [] }
