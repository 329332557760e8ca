import type { CaseFile, UndoRecord } from '../core/case-record.ts'

/** What a line of a case's journal tells of. */
type CaseEvent =
  | 'created'
  | 'started'
  | 'kept'
  | 'finished'
  | 'connected'
  | 'disconnected'
  | 'recorded'
  | 'saved'
  | 'written'
  | 'undone'
  | 'sealed'
  | 'mended'
  | 'pushed'

/** How a command ended. `unknown`: a change may or may not have been made. */
type CaseOutcome = 'done' | 'partial' | 'failed' | 'unknown' | 'interrupted'

/** A line of a case's journal. Fields that are not known here are kept. */
export interface JournalLine {
  /** 1, 2, … */
  sequence: number
  /** SHA-256, hex, of the bytes of the line before without its line break; 64 zeros for the first one. */
  previous: string
  /** ISO 8601, UTC, with milliseconds, by this machine's clock. */
  time: string
  event: CaseEvent
  /** A UUID that joins the lines of one command: `started` … `finished`. */
  operation?: string
  /** `key_id`: the API ID, never the key. */
  who?: { user: string; host: string; key_id?: string; program?: string }
  profile?: string
  organization?: string
  device?: { id: number; name?: string; os?: string }
  session_id?: string
  /** The run on several devices that it belongs to. */
  run?: string
  /** The verb's whole name: `reg delete`. */
  verb?: string
  /** The command as a person would type it, without secrets. */
  line?: string
  arguments?: Record<string, unknown>
  effect?: 'read' | 'change' | 'destroy'
  /** Of `started`: the command of the API that is about to be sent, and its number among those of the operation, from 1. */
  change?: string
  step?: number
  /** Of `started`: the state before. */
  undo?: UndoRecord
  outcome?: CaseOutcome
  exit_code?: number
  error?: { code: string; message: string; result_code?: number | string }
  duration_ms?: number
  /** Of `finished`: the changes that were not made, and those that may or may not have been; all others were made. */
  failed_steps?: number[]
  unknown_steps?: number[]
  /** The operation whose changes are put back. */
  undoes?: string
  commands?: { id: number; name: string; result_code?: number }[]
  /** The result that was kept, below the case's folder. */
  result?: { file: string; sha256: string; bytes: number; rows?: number }
  files?: CaseFile[]
  /** The service's time as its answers had it, ISO 8601, and how far it was ahead of this machine's clock. */
  service_time?: string
  clock_difference_ms?: number
  [field: string]: unknown
}
