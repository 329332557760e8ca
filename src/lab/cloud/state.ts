import type { CommandOutput, CommandRequest, Content } from '../endpoint.ts'

/** What the cloud knows beside the sessions' own documents. Times are ms since 1970. */
export interface CloudState {
  /** When this lab's state was made; 0 until then. */
  born: number
  /** The number of the next session. */
  next: number
  /** Devices whose Live Response was disabled for good. */
  killed: number[]
  /** Devices that are cut off from the network; absent in the state that an older lab has left. */
  quarantined?: number[]
  sessions: Record<string, SessionRecord>
}

export interface SessionRecord {
  /** `<number>:<device_id>`. */
  id: string
  device_id: number
  /** Names the session's document; never used again, even after a reset. */
  key: string
  created: number
  /** When the sensor checks in; null when it never does. */
  active_from: number | null
  /** The last Get Session or Issue Command: the idle timeout counts from here. */
  touched: number
  /** The last Issue Command; absent until there was one. */
  commanded?: number
  /** Since when it waits for another session to end, as the organization has as many as it can have; absent for one that has its place. */
  queued?: number
}

/** What belongs to one session and ends with it. */
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
  /** Who runs it: the process that took the request. */
  owner: string
  output: CommandOutput
  /** The endpoint has carried it out; its answer is on its way. */
  ran?: boolean
  /** The output as JSON, instead of `output`, where it is too large to be written again with every change of the session. */
  stored?: Content
}

export interface FileRecord {
  id: string
  file_name: string
  /** Absent until the bytes are there. */
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
