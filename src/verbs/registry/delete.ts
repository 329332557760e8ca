import { CbcError } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { enumKey } from '../../remote/registry.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { defineVerb, flag, required, value } from '../define.ts'

export const regDelete = defineVerb({
  name: 'reg delete',
  summary: 'delete a registry key or a value',
  details: 'A key with sub keys needs --recursive, which shows them and asks first; without a terminal it needs --yes.',
  examples: [{ line: 'reg delete HKLM\\SOFTWARE\\Old -v Level', does: 'a value' }],
  effect: 'destroy',
  needs: ['reg delete key'],
  arguments: { key: required('registry-key', 'key') },
  options: {
    value: value('-v, --value <name>', 'a value of the key'),
    recursive: flag('-s, --recursive', 'with all sub keys'),
    force: flag('-f, --force', 'accepted as reg.exe accepts it; asks no less'),
  },
  slashes: { '/v': '--value', '/s': '--recursive', '/f': '--force' },
  async unexact({ key, value: name, recursive }, { session, signal }) {
    if (!recursive || name !== undefined) return undefined
    const all = await below(session, key, signal)
    return `delete ${all.length} registry keys on ${session.label}:\n${all.map(path => `  ${path}`).join('\n')}`
  },
  async run({ key: path, value: name, recursive }, { session, signal }) {
    if (name !== undefined) {
      await session.issue({ name: 'reg delete value', path: `${path}\\${name}` }, { signal, what: `${path}\\${name}` })
      return object({ path, registry_name: name }, [{ key: 'path' }, { key: 'registry_name' }])
    }
    if (!recursive) {
      const { sub_keys: subKeys } = await enumKey(session, path, { signal })
      if (subKeys.length > 0) throw new CbcError('refused', `${path}: has ${subKeys.length} sub keys`, { hint: 'delete them too with --recursive', device_id: session.device.id })
    }
    for (const one of recursive ? await below(session, path, signal) : [path]) await session.issue({ name: 'reg delete key', path: one }, { signal, what: one })
    return object({ path }, [{ key: 'path' }])
  },
})

/** The key and all below it, deepest first: a key can only be deleted when it has no sub keys. */
async function below(session: RemoteSession, path: string, signal: AbortSignal): Promise<string[]> {
  const { sub_keys: subKeys } = await enumKey(session, path, { signal })
  const all: string[] = []
  for (const name of subKeys) all.push(...await below(session, `${path}\\${name}`, signal))
  return [...all, path]
}
