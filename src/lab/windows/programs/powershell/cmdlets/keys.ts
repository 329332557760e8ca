import type { Registry } from '../../../registry/registry.ts'
import { fullKey } from '../../../registry/path.ts'
import type { KeyValue } from '../../../registry/node.ts'
import { isWin32 } from '../../../win32.ts'
import type { Call, Cmdlet } from '../cmdlet.ts'
import { noPath, PsError } from '../errors.ts'
import { likePattern } from '../operators.ts'
import { CUSTOM, listOf, numberOf, object, PsObject, text, type Value } from '../values.ts'
import { fileObject, isRegistry, pathsOf, registryKey, resolve } from './paths.ts'

const provider = (key: string) => `Microsoft.PowerShell.Core\\Registry::${fullKey(key)}`
const lastPart = (key: string) => key.slice(key.lastIndexOf('\\') + 1)

/** Returns a key as Get-Item does. @throws SensorError FILE_NOT_FOUND */
export function keyObject(registry: Registry, key: string): PsObject {
  const { subKeys, values } = registry.enumerate(key)
  return object(
    'Microsoft.Win32.RegistryKey',
    {
      PSPath: provider(key),
      PSChildName: lastPart(key),
      Name: fullKey(key),
      SubKeyCount: subKeys.length,
      ValueCount: values.length,
      Property: values.map(({ name }) => name || '(default)'),
    },
    fullKey(key),
  )
}

/** Returns the keys below a key. @param depth how many levels */
export function childKeys(registry: Registry, key: string, depth: number): PsObject[] {
  const below: PsObject[] = []
  const open = [{ key, left: depth }]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    for (const name of registry.enumerate(next.key).subKeys) {
      const child = `${next.key}\\${name}`
      below.push(keyObject(registry, child))
      if (next.left > 0) open.push({ key: child, left: next.left - 1 })
    }
  }
  return below
}

/** Returns a value's data as .NET does. @param expand replaces `%NAME%` in expandable texts */
function dataOf({ type, data }: KeyValue, expand: (name: string) => string | undefined): Value {
  if (Array.isArray(data)) return [...data]
  if (type === 'REG_DWORD' || type === 'REG_DWORD_BIG_ENDIAN') return Number(data) | 0
  if (type === 'REG_QWORD') return Number(data)
  if (type === 'REG_BINARY' || type === 'REG_NONE') return Buffer.from(data, 'hex')
  return type === 'REG_EXPAND_SZ' ? data.replace(/%([^%]+)%/g, (all, name: string) => expand(name) ?? all) : data
}

/** Get-ItemProperty: the values of a key, or the properties of a file. */
async function properties(call: Call, names: readonly string[]): Promise<PsObject[]> {
  const { run } = call.shell
  const { paths, literal } = pathsOf(call)
  const found: PsObject[] = []
  for (const path of paths) {
    if (!isRegistry(path)) {
      for (const one of await run.machine.look(view => resolve(view, path, run.directory, call.name, literal, true).map(fileObject)))
        found.push(one)
      continue
    }
    const keys = await run.machine.look(({ registry }) => keysOf(registry, registryKey(path)))
    if (keys.length === 0) call.fail(noPath(path, call.name))
    for (const key of keys) {
      const values = await run.machine.look(({ registry }) => registry.enumerate(key).values)
      const wanted =
        names.length === 0 ? values : values.filter(({ name }) => names.some(one => likePattern(one).test(name || '(default)')))
      const missing = names.find(name => !/[*?]/.test(name) && !wanted.some(value => likePattern(name).test(value.name || '(default)')))
      if (missing !== undefined) {
        call.fail(
          new PsError(`Property ${missing} does not exist at path ${fullKey(key)}.`, {
            category: 'InvalidArgument',
            target: `${missing}:String`,
            exception: 'PSArgumentException',
            id: 'System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.GetItemPropertyCommand',
          }),
        )
        continue
      }
      const parent = key.includes('\\') ? key.slice(0, key.lastIndexOf('\\')) : key
      found.push(
        new PsObject(CUSTOM, [
          ...wanted.map(value => [value.name || '(default)', dataOf(value, name => run.environment.get(name))] as const),
          ['PSPath', provider(key)],
          ['PSParentPath', provider(parent)],
          ['PSChildName', lastPart(key)],
          ['PSProvider', 'Microsoft.PowerShell.Core\\Registry'],
        ]),
      )
    }
  }
  return found
}

/** Returns the keys that a path names; its parts may be patterns. */
function keysOf(registry: Registry, path: string): string[] {
  const [hive = '', ...parts] = path.split('\\')
  let level = [hive]
  for (const part of parts) {
    level = level.flatMap(key => {
      if (!/[*?]/.test(part)) return registry.exists(`${key}\\${part}`) ? [`${key}\\${part}`] : []
      return registry
        .enumerate(key)
        .subKeys.filter(name => likePattern(part).test(name))
        .map(name => `${key}\\${name}`)
    })
  }
  return level.filter(key => registry.exists(key))
}

const TYPES: Record<string, string> = {
  string: 'REG_SZ',
  expandstring: 'REG_EXPAND_SZ',
  dword: 'REG_DWORD',
  qword: 'REG_QWORD',
  binary: 'REG_BINARY',
  multistring: 'REG_MULTI_SZ',
}

async function setProperty(call: Call): Promise<void> {
  const { paths } = pathsOf(call)
  const value = call.get('Value') ?? null
  const [name = ''] = call.texts('Name')
  const asked = TYPES[(call.text('PropertyType') ?? '').toLowerCase()]
  for (const path of paths) {
    await call.shell.run.machine.change(({ registry }) => {
      const key = registryKey(path)
      if (!isRegistry(path) || !registry.exists(key)) throw noPath(path, call.name)
      const type =
        asked ??
        registry.value(key, name)?.type ??
        (typeof value === 'number' ? 'REG_DWORD' : Array.isArray(value) ? 'REG_MULTI_SZ' : 'REG_SZ')
      const data =
        type === 'REG_BINARY'
          ? Buffer.from(listOf(value).map(numberOf)).toString('hex')
          : Array.isArray(value)
            ? value.map(text)
            : text(value)
      registry.setValue(key, name === '(default)' ? '' : name, type, data)
    })
  }
}

async function removeProperty(call: Call): Promise<void> {
  for (const path of pathsOf(call).paths)
    for (const name of call.texts('Name')) {
      try {
        await call.shell.run.machine.change(({ registry }) => registry.deleteValue(registryKey(path), name))
      } catch (error) {
        if (!isWin32(error)) throw error
        call.fail(
          new PsError(`Property ${name} does not exist at path ${path}.`, {
            category: 'InvalidArgument',
            target: `${name}:String`,
            exception: 'PSArgumentException',
            id: 'System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.RemoveItemPropertyCommand',
          }),
        )
      }
    }
}

const PATHS = 'Path* LiteralPath|PSPath'

export const KEYS: readonly Cmdlet[] = [
  { name: 'Get-ItemProperty', parameters: `${PATHS} Name*`, run: call => properties(call, call.texts('Name')) },
  {
    name: 'Get-ItemPropertyValue',
    parameters: `${PATHS} Name*`,
    run: async call =>
      (await properties(call, call.texts('Name'))).flatMap(one => call.texts('Name').flatMap(name => listOf(one.get(name)))),
  },
  { name: 'Set-ItemProperty', parameters: `${PATHS} Name* Value* PropertyType|Type Force?`, run: setProperty },
  { name: 'New-ItemProperty', parameters: `${PATHS} Name* Value PropertyType|Type Force?`, run: setProperty },
  { name: 'Remove-ItemProperty', parameters: `${PATHS} Name* Force?`, run: removeProperty },
]
