/**
 * Wire types of the Live Response document, as printed there. Anything may be missing or null: servers differ ("Values as servers really
 * send them").
 */

export type CommandName =
  | 'put file'
  | 'get file'
  | 'memdump'
  | 'create directory'
  | 'delete file'
  | 'directory list'
  | 'reg enum key'
  | 'reg query value'
  | 'reg create key'
  | 'reg delete key'
  | 'reg delete value'
  | 'reg set value'
  | 'process list'
  | 'kill'
  | 'create process'

export type SessionStatus = 'PENDING' | 'ACTIVE' | 'ERROR' | 'TIMEOUT' | 'CLOSED'
export type CommandStatus = 'PENDING' | 'IN_PROGRESS' | 'COMPLETE' | 'ERROR' | 'CANCELLED'

/** "Start Session". `status` is brought to upper case by the client. */
export interface Session {
  id: string
  device_id: number
  status: SessionStatus
  current_working_directory: string | null
  supported_commands: string[] | null
  drives: string[] | null
  /** Seconds. */
  check_in_timeout?: number
  session_timeout?: number
  current_command_index?: number
  create_time?: string
  device_check_in_time?: string
}

/** The body of "Issue Command", one shape a command. */
export type CommandRequest =
  | {
      name:
        | 'directory list'
        | 'delete file'
        | 'create directory'
        | 'reg enum key'
        | 'reg query value'
        | 'reg create key'
        | 'reg delete key'
        | 'reg delete value'
      path: string
    }
  | { name: 'process list' }
  | { name: 'kill'; pid: number }
  | { name: 'create process'; path: string; output_file?: string; wait?: boolean; working_directory?: string }
  | { name: 'get file'; path: string; offset?: number; count?: number; get_count?: number }
  | { name: 'put file'; path: string; file_id: string }
  | { name: 'reg set value'; path: string; value_data: string | string[]; value_type: string; overwrite?: boolean }
  | { name: 'memdump'; path: string; compress?: boolean }

/** An entry of a directory. Times are in any of the forms that servers send. */
export interface FileEntry {
  filename: string
  size?: number | null
  attributes?: readonly string[] | null
  alternate_name?: string | null
  create_time?: unknown
  last_write_time?: unknown
  last_access_time?: unknown
}

export interface ProcessEntry {
  process_pid?: number | null
  process_path?: string | null
  process_cmdline?: string | null
  process_username?: string | null
  parent_pid?: number | null
  sid?: string | null
  process_create_time?: unknown
  parent_create_time?: unknown
}

/** A registry value in either spelling. */
export interface WireRegistryValue {
  registry_name?: string | null
  registry_type?: string | null
  registry_data?: unknown
  value_name?: string | null
  value_type?: string | null
  value_data?: unknown
}

/** The answer of "Issue Command" and "Retrieve Command Status". `status` is brought to upper case by the client. */
export interface Command {
  id: number
  name: string
  status: CommandStatus
  result_code?: number
  result_type?: string
  result_desc?: string | null
  create_time?: string
  finish_time?: string
  input?: Record<string, unknown> | null
  files?: FileEntry[] | null
  processes?: ProcessEntry[] | null
  values?: WireRegistryValue[] | null
  value?: WireRegistryValue | null
  sub_keys?: string[] | null
  process_details?: { pid?: number; return_code?: number } | null
  mem_dump?: { compressing?: boolean; complete?: boolean; dumping?: boolean; return_code?: number; percentdone?: number } | null
  file_details?: { file_id?: string; offset?: number; count?: number } | null
}

/** "Get File Metadata": a file staged in the cloud. */
export interface StagedFile {
  id: string
  /** Bytes. */
  size: number
  file_name: string
  size_fileed?: number
  upload_url?: string | null
}
