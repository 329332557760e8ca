import type { Registry } from '../registry/registry.ts'
import { fullKey } from '../registry/path.ts'
import type { KeyValue } from '../registry/node.ts'
import { isWin32, win32 } from '../win32.ts'
import type { Program } from '../processes/run.ts'
import { saveKey } from './copies.ts'

/** reg query|add|delete|save on the endpoint's registry. */
export const reg: Program = async run => {
  const [verb = '', key = ''] = run.args
  if (verb.toLowerCase() === 'save') return await saveKey(run)
  const options = parseOptions(run.args.slice(2))
  const action = ACTIONS.get(verb.toLowerCase())
  if (action === undefined || key === '') {
    run.complain(`ERROR: Invalid syntax.\nType "REG ${action === undefined ? '' : `${verb.toUpperCase()} `}/?" for usage.\n`)
    return 1
  }
  try {
    run.print(await run.machine.change(({ registry }) => action(registry, key, options)))
    return 0
  } catch (error) {
    if (!isWin32(error)) throw error
    const text = isWin32(error, 'FILE_NOT_FOUND')
      ? 'The system was unable to find the specified registry key or value.'
      : isWin32(error, 'INVALID_PARAMETER')
        ? 'Invalid key name, type or data.'
        : error.message
    run.complain(`ERROR: ${text}\n`)
    return 1
  }
}

interface Options {
  value: string | undefined
  type: string
  data: string
  deep: boolean
  force: boolean
  all: boolean
}

function parseOptions(args: string[]): Options {
  const after = (name: string) => args[args.findIndex(arg => arg.toLowerCase() === name) + 1]
  const has = (name: string) => args.some(arg => arg.toLowerCase() === name)
  return {
    value: has('/ve') ? '' : has('/v') ? after('/v') : undefined,
    type: has('/t') ? (after('/t') ?? '') : 'REG_SZ',
    data: has('/d') ? (after('/d') ?? '') : '',
    deep: has('/s'),
    force: has('/f'),
    all: has('/va'),
  }
}

const full = (key: string) => fullKey(key)

function query(registry: Registry, key: string, options: Options): string {
  const { subKeys, values } = registry.enumerate(key)
  if (options.value !== undefined) {
    const value = registry.value(key, options.value)
    if (value !== undefined) return `\n${full(key)}\n${line(value)}\n`
    if (!options.deep) throw win32('FILE_NOT_FOUND')
    return subKeys.map(name => query(registry, `${full(key)}\\${name}`, options)).join('')
  }
  const own = values.length > 0 || options.deep ? `\n${full(key)}\n${values.map(line).join('')}` : ''
  const below = subKeys.map(name => `${full(key)}\\${name}`)
  return `${own}\n${options.deep ? below.map(path => query(registry, path, options)).join('') : below.map(path => `${path}\n`).join('')}`
}

function line({ name, type, data }: KeyValue): string {
  const hex = type === 'REG_DWORD' || type === 'REG_QWORD' || type === 'REG_DWORD_BIG_ENDIAN'
  const bytes = type === 'REG_BINARY' || type === 'REG_NONE'
  const text = Array.isArray(data) ? data.join('\\0') : hex ? `0x${BigInt(data).toString(16)}` : bytes ? data.toUpperCase() : data
  return `    ${name === '' ? '(Default)' : name}    ${type}    ${text}\n`
}

/** There is nobody to ask whether a value may be overwritten, so without `/f` it is kept. */
function add(registry: Registry, key: string, { value, type, data, force }: Options): string {
  registry.createKey(key)
  if (value !== undefined) registry.setValue(key, value, type, type.toUpperCase() === 'REG_MULTI_SZ' ? data.split('\\0') : data, force)
  return 'The operation completed successfully.\n'
}

function remove(registry: Registry, key: string, { value, all }: Options): string {
  if (value !== undefined) registry.deleteValue(key, value)
  else if (all) for (const { name } of registry.enumerate(key).values) registry.deleteValue(key, name)
  else removeAll(registry, key)
  return 'The operation completed successfully.\n'
}

function removeAll(registry: Registry, key: string): void {
  for (const name of registry.enumerate(key).subKeys) removeAll(registry, `${key}\\${name}`)
  registry.deleteKey(key)
}

const ACTIONS: ReadonlyMap<string, (registry: Registry, key: string, options: Options) => string> = new Map(
  Object.entries({
    query,
    add,
    delete: remove,
  }),
)
