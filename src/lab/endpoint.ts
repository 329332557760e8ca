/**
 * The seam between the lab's cloud (HTTP, sessions, commands, staged files) and its endpoints (what a sensor does on a machine).
 *
 * All state of the lab is plain JSON in documents, so that it survives between runs and several processes can share one lab:
 * every change goes through `Document.update`, which has exclusive access to the newest state.
 */

/** The fifteen commands of "Issue Command" in the Live Response document. */
export const COMMANDS = [
  'put file',
  'get file',
  'memdump',
  'create directory',
  'delete file',
  'directory list',
  'reg enum key',
  'reg query value',
  'reg create key',
  'reg delete key',
  'reg delete value',
  'reg set value',
  'process list',
  'kill',
  'create process',
] as const
export type CommandName = (typeof COMMANDS)[number]

/** A piece of JSON state, shared by all processes that use this lab. */
export interface Document<T> {
  /** Runs `change` on the newest state with exclusive access, and saves the result. `change` must be synchronous and quick. */
  update<R>(change: (state: T) => R): Promise<R>
  /** Reads from the newest state. `look` must neither change the state nor keep a reference to it. */
  read<R>(look: (state: T) => R): Promise<R>
}

/**
 * A reference to the bytes of a file: plain JSON that can be stored in a document. Bytes are immutable: a changed file gets a new Content.
 * - `text`: the bytes are in the reference itself (`base64`), for small files.
 * - `blob`: the bytes are in the lab's blob store under their SHA-256 (hexadecimal, lower case).
 * - `generated`: made on the fly from a seed, of any size, without using memory or disk; the same seed gives the same bytes at each offset.
 */
export type Content =
  | { kind: 'text'; base64: string; size: number }
  | { kind: 'blob'; sha256: string; size: number }
  | { kind: 'generated'; seed: number; size: number }

/** Stores the bytes of files. */
export interface Blobs {
  /** Stores a stream of bytes in constant memory; small contents come back as `text`. */
  write(bytes: AsyncIterable<Uint8Array>): Promise<Content>
  /** Yields `length` bytes from `offset` (default: to the end), in chunks of at most 1 MiB. */
  read(content: Content, offset?: number, length?: number): AsyncIterable<Uint8Array>
}

/** The validated body of "Issue Command": `name` is one of COMMANDS, and the fields it requires are present with the right types. */
export interface CommandRequest {
  name: CommandName
  /** The path, key path or command line; `object` of the answer's `input`. Absent for `process list` and `kill`. */
  path?: string
  /** `kill`. */
  pid?: number
  /** `put file`. */
  file_id?: string
  /** `get file`: bytes to skip, and how many to take (the document's `count`, the schema page's `get_count`); absent or 0: all. */
  offset?: number
  count?: number
  /** `create process`. */
  wait?: boolean
  output_file?: string
  working_directory?: string
  /** `reg set value`; a list of strings for REG_MULTI_SZ; the type without `pb`. */
  value_data?: unknown
  value_type?: string
  overwrite?: boolean
  /** `memdump`. */
  compress?: boolean
}

/** One entry of `files` in the answer of `directory list`. Times are ISO 8601 UTC with seconds (`2021-10-07T21:13:06Z`). */
export interface FileEntry {
  size: number
  attributes: string[]
  filename: string
  alternate_name: string
  create_time: string
  last_access_time: string
  last_write_time: string
}

/** One entry of `processes`. Times are epoch seconds as in the document's example. */
export interface ProcessEntry {
  process_pid: number
  process_path: string
  process_cmdline: string
  process_username: string
  parent_pid: number
  sid: string
  process_create_time: number
  parent_create_time: number
}

/**
 * A registry value as the service sends it; `registry_type` with the `pb` prefix, REG_MULTI_SZ data a list of strings, the others a string.
 */
export interface RegistryValue {
  registry_name: string
  registry_type: string
  registry_data: string | string[]
}

/** The sensor's part of a command's answer. The cloud adds the rest itself (id, name, input, status, times, result_code). */
export interface CommandOutput {
  files?: FileEntry[]
  processes?: ProcessEntry[]
  values?: RegistryValue[]
  value?: RegistryValue
  sub_keys?: string[]
  process_details?: { pid: number; return_code: number }
  mem_dump?: { compressing: boolean; complete: boolean; dumping: boolean; return_code: number; percentdone: number }
  file_details?: { file_id: string; offset: number; count: number }
}

/** What the cloud offers to a command while it runs. */
export interface Sensor {
  /** Returns the staged file for a `put file`, or undefined when there is none with that id. */
  staged(fileId: string): Promise<Content | undefined>
  /** Stages the bytes that a `get file` reads; the cloud has already chosen the file id and fills in `file_details.file_id` itself. */
  stage(content: Content): Promise<void>
  /** Publishes the progress of a running command: `process_details` with the pid once the process runs, `mem_dump` with its percentage. */
  report(output: CommandOutput): Promise<void>
  /** Aborted when the session closes or the lab ends: stop waiting. What was started on the endpoint keeps running, as it would there. */
  signal: AbortSignal
}

/** A machine with a sensor on it. */
export interface Endpoint {
  readonly supportedCommands: readonly CommandName[]
  /** `C:\` and so on for Windows, `/` elsewhere. */
  readonly drives: readonly string[]
  /** The `current_working_directory` of a session. */
  readonly directory: string
  /**
   * Carries out one command. The commands of a session run one after another; with the setting `strictOrder` off, the next ones
   * also run while a `create process` with `wait` is under way.
   * @throws SensorError for everything that the endpoint refuses or can't do
   */
  run(request: CommandRequest, sensor: Sensor): Promise<CommandOutput>
}

/** A command failed on the endpoint: its status is ERROR, with this HRESULT. */
export class SensorError extends Error {
  override name = 'SensorError'
  /** Unsigned 32-bit HRESULT. */
  readonly code: number
  /** What the failed command still reports, such as `process_details`. */
  readonly output: CommandOutput
  constructor(code: number, message: string, output: CommandOutput = {}) {
    super(message)
    this.code = code
    this.output = output
  }
}

/** HRESULTs that endpoints answer with ("Errors of the endpoint" in the reference). */
export const HRESULT = {
  FILE_NOT_FOUND: 0x80070002,
  PATH_NOT_FOUND: 0x80070003,
  ACCESS_DENIED: 0x80070005,
  SHARING_VIOLATION: 0x80070020,
  NOT_SUPPORTED: 0x80070032,
  FILE_EXISTS: 0x80070050,
  INVALID_PARAMETER: 0x80070057,
  DISK_FULL: 0x80070070,
  DIR_NOT_EMPTY: 0x80070091,
  ALREADY_EXISTS: 0x800700b7,
} as const
