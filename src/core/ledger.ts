/**
 * What a run makes and has to remove again: a session, a temporary file on the endpoint, a file staged in the cloud (section 4 of the
 * contract); and what it could not end.
 */
export type Trace =
  /** `joined`: used here, started by somebody else; it is not ours to close. Without an id: about to be started. */
  | { kind: 'session'; device_id: number; session_id?: string; joined?: boolean }
  | { kind: 'file'; device_id: number; path: string }
  /** Goes with its session. Without an id: about to be staged. */
  | { kind: 'staged'; device_id?: number; session_id: string; file_id?: string; path: string }
  /**
   * A program that was given up, and may still run. Without a pid: nobody knows it. `path` is the program alone: what follows it may be
   * secret.
   */
  | { kind: 'program'; device_id: number; pid?: number; path: string }

/** A trace in the ledger. */
export interface Noted {
  /** Adds what is known of it by now: the ids that the service gave. */
  know(facts: { session_id?: string; file_id?: string; joined?: boolean }): void
  /** This run has no more use for it; whoever uses it last removes it. */
  leave(): void
  /** It is gone. */
  strike(): void
}

/** A trace as the ledger has it, of whatever run. */
export interface LedgerEntry {
  trace: Trace
  /** When it was noted, milliseconds since 1970. */
  since: number
  /** Whether the run that made it still works with it. */
  used: boolean
  strike(): void
}

/**
 * The local list of traces in one organization, shared by all runs on this machine. What is noted is on disk when the call returns, so that
 * a run that is
 * killed leaves word of what it made. Trouble with the file never stops the work: it is reported once.
 */
export interface Ledger {
  /** Notes a trace before it is made. */
  note(trace: Trace): Noted
  /** All that is noted now, oldest first. */
  entries(): LedgerEntry[]
}

/** A ledger that nobody reads. */
export const NO_LEDGER: Ledger = { note: () => ({ know() {}, leave() {}, strike() {} }), entries: () => [] }
