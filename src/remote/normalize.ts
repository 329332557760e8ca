import type { Command, FileEntry, ProcessEntry, WireRegistryValue } from '../api/live-response.ts'
import type { CbcError } from '../core/errors.ts'
import type { Row } from '../core/result.ts'
import { isoTime } from '../core/time.ts'
import { unsigned } from './hresult.ts'

/** A directory entry in the documented form, with its full path. */
export interface Entry extends Row {
  filename: string
  path: string
  /** Bytes; null when the endpoint doesn't say. */
  size: number | null
  attributes: readonly string[]
  /**
   * Why nothing can be done with it: its name is invalid, and `path` is that of its directory; or it stands for something that could not be
   * read.
   */
  error?: CbcError
}

/** A registry value in the documented form: `registry_type` without `pb`, null when the service doesn't say it. */
export interface RegistryValue extends Row {
  registry_name: string
  registry_type: string | null
  registry_data: unknown
}

/** Returns a directory entry in the documented form. @param path full path of the entry */
export function entry(raw: FileEntry, path: string): Entry {
  const { filename, size, attributes, create_time, last_write_time, last_access_time, alternate_name } = raw
  // Assigned one by one: a listing can have a hundred thousand of them, and to leave fields out of a copy takes several times as long.
  const item: Entry = Object.assign({ filename: '', path } as Entry, raw)
  item.filename = String(filename ?? '')
  // Extra fields of the endpoint never replace what is known here.
  item.path = path
  item.size = sizeIn(size)
  item.attributes = Array.isArray(attributes) ? attributeList(attributes) : []
  // Times that are the same text stay one text.
  const written = isoTime(last_write_time)
  item['create_time'] = create_time === last_write_time ? written : isoTime(create_time)
  item['last_write_time'] = written
  item['last_access_time'] = last_access_time === last_write_time ? written : isoTime(last_access_time)
  item['alternate_name'] = alternate_name ?? ''
  return item
}

/** Lists of attributes that were seen: entries share them, since a listing of a hundred thousand has only a few, and each would take memory. */
const attributeLists = new Map<string, readonly string[]>()
/** How many lists are kept; Windows has some twenty combinations. */
const MAX_ATTRIBUTE_LISTS = 1000

/** Returns attributes in upper case. */
function attributeList(given: readonly unknown[]): readonly string[] {
  const key = JSON.stringify(given)
  const known = attributeLists.get(key)
  if (known !== undefined) return known
  const list = given.map(attribute => String(attribute).toUpperCase())
  if (attributeLists.size < MAX_ATTRIBUTE_LISTS) attributeLists.set(key, list)
  return list
}

/** Returns a placeholder for entries that could not be listed. @param path what could not be read */
export function unlisted(path: string, error: CbcError): Entry {
  return { filename: '', path, size: null, attributes: [], error }
}

/** Returns a size, or null when it was left out: an unknown size is not 0. */
function sizeIn(given: unknown): number | null {
  const size = given == null || given === '' ? NaN : Number(given)
  return Number.isSafeInteger(size) && size >= 0 ? size : null
}

export function isDirectory(item: Entry): boolean {
  return item.attributes.includes('DIRECTORY')
}

/**
 * Whether an entry may be a link. On Windows not every reparse point is one: OneDrive folders and deduplicated files are reparse points
 * too.
 */
export function isReparsePoint({ attributes }: Entry): boolean {
  return attributes.includes('REPARSE_POINT')
}

/** Whether an entry is certainly a link. */
export function isLink(item: Entry, windows: boolean): boolean {
  return item.attributes.includes('SYMLINK') || (!windows && isReparsePoint(item))
}

/** Returns a process with all documented fields, null where the endpoint doesn't know them, and any other fields that it has. */
export function process(raw: ProcessEntry): Row {
  return {
    ...raw,
    process_pid: raw.process_pid ?? null,
    parent_pid: raw.parent_pid ?? null,
    process_username: raw.process_username ?? null,
    process_create_time: isoTime(raw.process_create_time),
    process_path: raw.process_path ?? null,
    process_cmdline: raw.process_cmdline ?? null,
    parent_create_time: isoTime(raw.parent_create_time),
    sid: raw.sid ?? null,
  }
}

/**
 * Returns a registry value in the documented form, from either spelling, with or without the `pb` prefix, and any other fields that it has.
 */
export function registryValue({
  registry_name,
  value_name,
  registry_type,
  value_type,
  registry_data,
  value_data,
  ...more
}: WireRegistryValue): RegistryValue {
  const type = registry_type ?? value_type ?? null
  return {
    registry_name: String(registry_name ?? value_name ?? ''),
    registry_type: type === null ? null : String(type).replace(/^pb/, ''),
    registry_data: registry_data ?? value_data ?? null,
    ...more,
  }
}

/** Returns a session in the API's form, with its status in upper case and normalized times. */
export function sessionForm(raw: object): Row {
  const session = withTimes(raw, 'create_time', 'device_check_in_time')
  return typeof session['status'] === 'string' ? { ...session, status: session['status'].toUpperCase() } : session
}

/** Returns a command with its result in the API's documented form; no field is added. */
export function commandForm(raw: Command): Row {
  const { result_code, files, processes, values, value } = raw
  return {
    ...withTimes(raw, 'create_time', 'finish_time'),
    ...(result_code == null ? {} : { result_code: unsigned(result_code) }),
    ...(files == null ? {} : { files: files.map(file => withTimes(file, 'create_time', 'last_write_time', 'last_access_time')) }),
    ...(processes == null ? {} : { processes: processes.map(item => withTimes(item, 'process_create_time', 'parent_create_time')) }),
    ...(values == null ? {} : { values: values.map(registryValue) }),
    ...(value == null ? {} : { value: registryValue(value) }),
  }
}

function withTimes(raw: object, ...names: string[]): Row {
  const row: Row = { ...raw }
  for (const name of names) if (name in row) row[name] = isoTime(row[name])
  return row
}
