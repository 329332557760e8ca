import { COMMANDS, type CommandName, type CommandRequest } from '../endpoint.ts'
import { asObject, HttpError, integer } from './http.ts'
import { parseRegistryPath, splitValue } from './registry-path.ts'

const VALUE_TYPES = ['REG_NONE', 'REG_SZ', 'REG_EXPAND_SZ', 'REG_BINARY', 'REG_DWORD', 'REG_DWORD_BIG_ENDIAN', 'REG_MULTI_SZ', 'REG_QWORD']

type Body = Record<string, unknown>

/**
 * Parses the body of "Issue Command", as far as the cloud can check it.
 * @throws HttpError 400: the command is unknown, or a field is missing or has the wrong type
 */
export function parseCommand(json: unknown): CommandRequest {
  const body = asObject(json)
  if (body === undefined) throw new HttpError(400, 'Command must be a JSON object')
  const name = COMMANDS.find(known => known === body['name'])
  if (name === undefined) throw new HttpError(400, `Unknown command ${JSON.stringify(body['name'] ?? null)}`)
  return { name, ...FIELDS[name](body) }
}

type Fields = (body: Body) => Omit<CommandRequest, 'name'>

/** The `path` that a command acts on; clients written for older servers call it `object`, as the answer's `input` does. */
const path: Fields = body => ({ path: text(body, 'path', body['path'] ?? body['object']) })

const key: Fields = body => {
  const { path: named = '' } = path(body)
  if (parseRegistryPath(named) === undefined) throw new HttpError(400, `path ${named} does not begin with a registry hive`)
  return { path: named }
}

const value: Fields = body => {
  const { path = '' } = key(body)
  const parsed = parseRegistryPath(path)
  if (parsed === undefined || splitValue(parsed) === undefined) throw new HttpError(400, `path ${path} names no registry value`)
  return { path }
}

/** The fields of each command, according to "Issue Command". */
const FIELDS: Record<CommandName, Fields> = {
  'directory list': path,
  'create directory': path,
  'delete file': path,
  'process list': () => ({}),
  kill: body => ({ pid: pidOf(body) }),
  'put file': body => ({ ...path(body), file_id: text(body, 'file_id') }),
  'get file': body => ({
    ...path(body),
    ...defined('offset', count(body, 'offset')),
    ...defined('count', count(body, 'count') ?? count(body, 'get_count')),
  }),
  memdump: body => ({ ...path(body), ...defined('compress', flag(body, 'compress')) }),
  'create process': body => ({
    ...path(body),
    ...defined('wait', flag(body, 'wait')),
    ...defined('output_file', optionalText(body, 'output_file')),
    ...defined('working_directory', optionalText(body, 'working_directory')),
  }),
  'reg enum key': key,
  'reg create key': key,
  'reg delete key': key,
  'reg query value': value,
  'reg delete value': value,
  'reg set value': body => ({ ...value(body), ...valueData(body), ...defined('overwrite', flag(body, 'overwrite')) }),
}

function valueData(body: Body): { value_type: string; value_data: unknown } {
  const type = text(body, 'value_type').replace(/^pb/, '')
  if (!VALUE_TYPES.includes(type)) throw new HttpError(400, `Unknown value_type ${type}`)
  const data = body['value_data']
  const list = Array.isArray(data) && data.every(item => typeof item === 'string')
  if (typeof data !== 'string' && typeof data !== 'number' && !list)
    throw new HttpError(400, 'value_data must be a string, a number or a list of strings')
  return { value_type: type, value_data: data }
}

function text(body: Body, name: string, field = body[name]): string {
  if (typeof field !== 'string' || field === '') throw new HttpError(400, `${name} must be a string that is not empty`)
  return field
}

function optionalText(body: Body, name: string): string | undefined {
  return body[name] == null || body[name] === '' ? undefined : text(body, name)
}

function flag(body: Body, name: string): boolean | undefined {
  const field = body[name] ?? undefined
  if (field !== undefined && typeof field !== 'boolean') throw new HttpError(400, `${name} must be true or false`)
  return field
}

function count(body: Body, name: string): number | undefined {
  const field = body[name] ?? undefined
  if (field === undefined) return undefined
  if (typeof field !== 'number' || !Number.isSafeInteger(field) || field < 0)
    throw new HttpError(400, `${name} must be an integer, 0 or more`)
  return field
}

function pidOf(body: Body): number {
  const pid = integer(body['pid'] ?? body['object'])
  if (pid === undefined || pid < 0 || pid > 0xffffffff) throw new HttpError(400, 'pid must be a process id')
  return pid
}

/** Returns an object with this field, or an empty one when the field wasn't sent. */
function defined<K extends string, V>(name: K, field: V | undefined): Partial<Record<K, V>> {
  return field === undefined ? {} : ({ [name]: field } as Partial<Record<K, V>>)
}
