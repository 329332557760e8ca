import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { enumKey } from '../../remote/registry.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { PATH } from '../columns.ts'
import { defineVerb, flag, required, value } from '../define.ts'

export const regDelete = defineVerb({
  name: 'reg delete',
  summary: 'delete a registry key or a value',
  details: 'A key with sub keys needs --recursive, which shows them and asks first, as --all-values does; without a terminal both need --yes.',
  examples: [{ line: 'reg delete HKLM\\SOFTWARE\\Old -v Level', does: 'a value' }],
  effect: 'destroy',
  needs: ['reg delete key', 'reg delete value'],
  arguments: { key: required('registry-key', 'key') },
  options: {
    value: value('-v, --value <name>', 'a value of the key', { kind: 'registry-value' }),
    default: flag('--default', 'the key\'s default value'),
    allValues: flag('--all-values', 'all values of the key, but not the key'),
    recursive: flag('-s, --recursive', 'with all sub keys'),
    force: flag('-f, --force', 'accepted as reg.exe accepts it; asks no less'),
  },
  slashes: { '/v': '--value', '/ve': '--default', '/va': '--all-values', '/s': '--recursive', '/f': '--force' },
  check({ value: name, default: byDefault, allValues, recursive }) {
    if ([name !== undefined, byDefault, allValues, recursive].filter(Boolean).length > 1) throw usage('reg delete: --value, --default, --all-values and --recursive exclude each other')
  },
  async unexact({ key, allValues, recursive }, { session, signal }) {
    if (allValues) {
      const { values } = await enumKey(session, key, { signal })
      return { what: `delete ${values.length} values of ${key} on ${session.label}`, to: values.map(({ registry_name: name }) => (name === '' ? '(Default)' : name)) }
    }
    if (!recursive) return undefined
    const all = await deepestFirst(session, key, signal)
    return { what: `delete ${all.length} registry keys on ${session.label}`, to: all }
  },
  async run({ key: path, value: named, default: byDefault, allValues, recursive }, { session, signal }) {
    const name = byDefault ? '' : named
    if (name !== undefined) {
      await deleteValue(session, path, name, signal)
      return object({ path, registry_name: name }, [PATH, { key: 'registry_name' }])
    }
    if (allValues) {
      for (const one of (await enumKey(session, path, { signal })).values) await deleteValue(session, path, one.registry_name, signal)
      return object({ path }, [PATH])
    }
    if (!recursive) {
      const { sub_keys: subKeys } = await enumKey(session, path, { signal })
      if (subKeys.length > 0) throw new CbcError('refused', `${path}: has ${subKeys.length} sub keys`, { hint: 'delete them too with --recursive', device_id: session.device.id })
    }
    for (const one of recursive ? await deepestFirst(session, path, signal) : [path]) await session.issue({ name: 'reg delete key', path: one }, { signal, what: one })
    return object({ path }, [PATH])
  },
})

/** "reg delete value"; the default value has the empty name. */
async function deleteValue(session: RemoteSession, path: string, name: string, signal: AbortSignal): Promise<void> {
  await session.issue({ name: 'reg delete value', path: `${path}\\${name}` }, { signal, what: `${path}\\${name === '' ? '(Default)' : name}` })
}

/** The key and all below it: a key can only be deleted when it has no sub keys. @throws CbcError one of them can't be read: nothing is deleted then */
async function deepestFirst(session: RemoteSession, path: string, signal: AbortSignal): Promise<string[]> {
  const all: string[] = []
  for await (const key of walkKeys(session, path, { signal })) {
    if (isUnread(key)) throw key.error
    all.push(key.path)
  }
  return all.reverse()
}
