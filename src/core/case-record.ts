import type { LocalFolder } from './ports.ts'
import type { Result } from './result.ts'

/** Records commands in a case (`--case`). Nothing is done that it can't record: each of its functions fails where the case can't be written. */
export interface CaseRecorder {
  /** The case's folder, absolute. */
  readonly path: string
  /** Begins the record of a command. */
  begin(command: RecordedCommand): CaseOperation
  /** Appends a line that tells of something else than a command: `connected`. @throws CbcError io */
  note(event: Record<string, unknown> & { event: string }): Promise<void>
  /**
   * Where what comes home from a device goes when no other place is named; undefined where it goes elsewhere all the same.
   * @param announce called with each file before it has its name there
   */
  home(device: RecordedDevice, announce: CaseOperation['kept']): CaseHome | undefined
  /** Keeps what a change is about to replace or remove, below `undo/`. @throws CbcError io; what `bytes` throws */
  keep(bytes: AsyncIterable<Uint8Array>): Promise<KeptBytes>
  /** Records the commands that have not come to an end as interrupted. @throws CbcError io */
  close(): Promise<void>
}

export interface RecordedDevice {
  readonly id: number
  readonly name?: string
  readonly os?: string
}

/** A command, as all lines about it tell. */
export interface RecordedCommand {
  /** The verb's whole name: `reg delete`. */
  verb: string
  /** As a person typed it. */
  line: string
  arguments: Record<string, unknown>
  effect: 'read' | 'change' | 'destroy'
  device?: RecordedDevice | undefined
  /** The run that it belongs to. */
  run?: string | undefined
  /** The session that it uses, as it is at the moment of the call. */
  session?: (() => string) | undefined
  /** The worker that carried it out, and how long it took, milliseconds, where that was not here. */
  worker?: string | undefined
  duration_ms?: number | undefined
  /** The operation whose changes it puts back. */
  undoes?: string | undefined
}

/** How a change that was to be sent ended. `unknown`: it may or may not have been made. */
export type ChangeOutcome = 'done' | 'failed' | 'unknown'

/** The record of a command while it goes on. */
export interface CaseOperation {
  /**
   * Notes that a change is about to be sent: on the disk when it resolves.
   * @param change the command of the API
   * @param facts the session, and the state before the change
   * @returns called when the change is over; one that never is may or may not have been made
   * @throws CbcError io: the change must not be sent
   */
  started(change: string, facts?: { session_id?: string; undo?: UndoRecord }): Promise<(outcome: ChangeOutcome) => void>
  /** Notes a command of the API that has ended. */
  issued(command: { id: number; name: string; result_code?: number | undefined }): void
  /** Notes a file that came home, or was sent. */
  moved(file: MovedFile): void
  /**
   * Notes that a file is about to appear in the case: on the disk when it resolves, so that a program that is killed leaves no file that no
   * line tells of.
   * @throws CbcError io: the file must not appear
   */
  kept(file: KeptFile): Promise<void>
  /** Returns the result, which is recorded as it is read; the record ends with it. @throws CbcError io */
  result(result: Result): Promise<Result>
  /** Ends the record with a failure. @param outcome what it means for changes @throws CbcError io */
  failed(error: Error & { code?: string }, outcome: 'failed' | 'unknown' | 'interrupted'): Promise<void>
}

/** The state before a change, as it is kept in the case. */
export interface KeptBytes {
  /** Below the case's folder. */
  file: string
  sha256: string
  /** Bytes. */
  size: number
}

/** A place in the case for what comes from one device. What is there already is never overwritten. */
export interface CaseHome {
  /** Returns the folder for files of a folder of the endpoint. @param names its parts, the drive's letter without colon first */
  folder(names: readonly string[]): Promise<LocalFolder>
  /** Returns the folder for what is no file of the endpoint. */
  results(): Promise<LocalFolder>
}

/** A file that is complete, and about to get its name in the case. */
export type KeptFile = Pick<MovedFile, 'local_path' | 'size' | 'sha256'>

/** A file of an endpoint, and where it is here. */
export interface MovedFile {
  /** On the endpoint. */
  path: string
  local_path: string
  /** Bytes. */
  size: number
  sha256: string
  /** How the endpoint lists it. */
  entry?: Readonly<Record<string, unknown>> | undefined
}

/** A file that came from an endpoint, or went there, in a line of a case's journal. */
export interface CaseFile {
  /** Below the case's folder, with `/`; absent where it was put elsewhere. */
  file?: string
  /** Where it is on this machine, if not in the case. */
  local_path?: string
  /** On the endpoint. */
  path: string
  /** Bytes. */
  size: number
  sha256: string
  create_time?: string
  last_write_time?: string
  last_access_time?: string
  attributes?: string[]
}

/** What is known of the state before a change, and whether it can be put back. */
export type UndoRecord =
  { possible: true; kind: string; [field: string]: unknown } | { possible: false; reason: string; [field: string]: unknown }
