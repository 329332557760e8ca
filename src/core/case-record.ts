/** A file that came from an endpoint, or went there. */
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
export type UndoRecord = { possible: true; kind: string; [field: string]: unknown } | { possible: false; reason: string }
