import type { CommandName, CommandOutput, CommandRequest } from '../endpoint.ts'
import { parseRegistryPath, splitValue } from './registry-path.ts'
import { ended, type CommandRecord } from './state.ts'

/**
 * Returns a command as in the examples of "Issue Command" and "Retrieve Command Status". Until it has ended there is no `result_type`, and
 * `finish_time` is the time at which it was issued, with milliseconds.
 * @param output what the sensor has reported so far
 */
export function commandView(record: CommandRecord, output: CommandOutput): Record<string, unknown> {
  const hasEnded = ended(record)
  return {
    status: record.status,
    ...result(record.request, output),
    values: output.values ?? [],
    id: record.id,
    name: record.request.name,
    result_code: record.code,
    ...(hasEnded ? { result_type: 'WinHresult' } : {}),
    result_desc: record.description,
    sub_keys: output.sub_keys ?? [],
    files: output.files ?? [],
    ...(record.request.name === 'process list' ? { processes: output.processes ?? [] } : {}),
    input: { ...input(record.request), ...(hasEnded && record.request.name === 'put file' ? { chunkNumber: 0 } : {}) },
    create_time: seconds(record.created),
    finish_time: hasEnded ? seconds(record.finished) : new Date(record.created).toISOString(),
  }
}

/** Returns the field that is specific to a command; until the sensor has reported, its contents are empty. */
function result(request: CommandRequest, output: CommandOutput): Record<string, unknown> {
  switch (request.name) {
    case 'create process':
      return { process_details: output.process_details ?? { pid: 0, return_code: -1 } }
    case 'memdump':
      return { mem_dump: output.mem_dump ?? { compressing: false, complete: false, dumping: false, return_code: 0, percentdone: 0 } }
    case 'get file':
      return { file_details: { offset: request.offset ?? 0, count: request.count ?? 0, ...output.file_details, file_id: request.file_id } }
    case 'reg set value':
    case 'reg delete value':
      return { value: output.value ?? { registry_type: null, registry_name: request.name, registry_data: null } }
    case 'reg query value':
      return output.value === undefined ? {} : { value: output.value }
    default:
      return {}
  }
}

/** Returns the request as the cloud repeats it: what it acts on is called `object`, and a registry path is split. */
function input(request: CommandRequest): Record<string, unknown> {
  const { name, path } = request
  switch (name) {
    case 'process list':
      return { name }
    case 'kill':
      return { name, object: request.pid }
    case 'put file':
      return { file_id: request.file_id, name, object: path }
    case 'create process':
      return {
        ...sent(request, 'wait'),
        name,
        ...sent(request, 'working_directory'),
        ...sent(request, 'output_file'),
        object: path,
      }
    default:
      return { ...registryInput(name, request), object: path }
  }
}

function registryInput(name: CommandName, request: CommandRequest): Record<string, unknown> {
  const path = name.startsWith('reg ') ? parseRegistryPath(request.path ?? '') : undefined
  if (path === undefined) return { name }
  const value = name.endsWith(' value') ? splitValue(path) : undefined
  return {
    hive: path.hive,
    ...sent(request, 'value_type'),
    name,
    ...sent(request, 'overwrite'),
    key: value?.key ?? path.rest,
    ...(value === undefined ? {} : { value_name: value.value_name }),
  }
}

function sent(request: CommandRequest, field: keyof CommandRequest): Record<string, unknown> {
  return request[field] === undefined ? {} : { [field]: request[field] }
}

/** Formats a time such as `2021-10-27T10:45:54Z`. */
function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
