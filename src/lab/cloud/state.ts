import type { CommandOutput, CommandRequest, Content } from '../endpoint.ts'

/** The cloud's state, apart from the sessions' own documents. Times are ms since 1970. */
export interface CloudState {
  /** When this lab's state was created; 0 until then. */
  born: number
  /** The number of the next session. */
  next: number
  /** Devices whose Live Response was permanently disabled. */
  killed: number[]
  /** Devices in quarantine; absent in the state of an older lab. */
  quarantined?: number[]
  sessions: Record<string, SessionRecord>
}

export interface SessionRecord {
  /** `<number>:<device_id>`. */
  id: string
  device_id: number
  /** Identifies the session's document; never reused, even after a reset. */
  key: string
  created: number
  /** When the sensor checks in; null while that is unknown. */
  active_from: number | null
  /** The last Get Session or Issue Command: the idle timeout counts from here. */
  touched: number
  /** The last Issue Command; absent until there was one. */
  commanded?: number
  /** Since when it waits for another session to end because the organization is at its limit; absent when admitted. */
  queued?: number
}

/** The state of one session, which ends with it. */
export interface SessionState {
  commands: CommandRecord[]
  files: Record<string, FileRecord>
}

type CommandStatus = 'PENDING' | 'IN_PROGRESS' | 'COMPLETE' | 'ERROR' | 'CANCELLED'

export interface CommandRecord {
  id: number
  request: CommandRequest
  status: CommandStatus
  created: number
  /** When it ended; 0 until then. */
  finished: number
  /** HRESULT, unsigned; 0 is success. */
  code: number
  description: string
  /** The process that runs it: the one that accepted the request. */
  owner: string
  output: CommandOutput
  /** Whether the endpoint has carried it out and its answer is travelling. */
  ran?: boolean
  /** The output as JSON, instead of `output`, when it is too large to be rewritten with every change of the session. */
  stored?: Content
}

export interface FileRecord {
  id: string
  file_name: string
  /** Absent until the bytes have arrived. */
  content?: Content
}

export function newCloud(): CloudState {
  return { born: 0, next: 1234567, killed: [], sessions: {} }
}

export function newSession(): SessionState {
  return { commands: [], files: {} }
}

export function ended(command: CommandRecord): boolean {
  return command.status !== 'PENDING' && command.status !== 'IN_PROGRESS'
}
