import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, object } from '../../core/result.ts'
import { reportingEarlierSteps } from '../../remote/cleanup.ts'
import { enumKey, queryValueIfThere, valuePath } from '../../remote/registry.ts'
import { isUnread, walkKeys } from '../../remote/registry-walk.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { PATH } from '../columns.ts'
import { defineVerb, flag, required, value, type Plan } from '../define.ts'
import { valueInWords } from './value-in-words.ts'

/** What to delete: values of the key, or keys, sub keys before their parents. */
interface Targets {
  values: string[]
  keys: string[]
}

export const regDelete = defineVerb({
  name: 'reg delete',
  summary: 'delete a registry key or a value',
  details:
    'A key with sub keys needs --recursive. --recursive and --all-values show what they would delete and ask first; without a terminal they need --yes. ' +
    "The API can't address a value whose name contains a backslash, so such a name is refused.",
  examples: [{ line: 'reg delete HKLM\\SOFTWARE\\Old -v Level', does: 'a value' }],
  effect: 'destroy',
  fields: fieldsOf([PATH, { key: 'registry_name' }]),
  needs: ['reg delete key', 'reg delete value'],
  arguments: { key: required('registry-key', 'key') },
  options: {
    value: value('-v, --value <name>', 'delete this value of the key', { kind: 'registry-value' }),
    default: flag('--default', "delete the key's default value"),
    allValues: flag('--all-values', 'delete all values of the key, but not the key itself'),
    recursive: flag('-s, --recursive', 'delete the key and all its sub keys'),
    force: flag('-f, --force', 'accepted for compatibility with reg.exe; does not skip the question'),
  },
  slashes: { '/v': '--value', '/ve': '--default', '/va': '--all-values', '/s': '--recursive', '/f': '--force' },
  check({ key, value: name, default: byDefault, allValues, recursive }) {
    if ([name !== undefined, byDefault, allValues, recursive].filter(Boolean).length > 1)
      throw usage('reg delete: --value, --default, --all-values and --recursive exclude each other')
    if (name !== undefined) valuePath(key, name)
  },
  async plan({ key, value: named, default: byDefault, allValues, recursive }, { session, signal }): Promise<Plan<Targets>> {
    const name = byDefault ? '' : named
    if (name !== undefined)
      return {
        targets: { values: [name], keys: [] },
        async exact() {
          const now = await queryValueIfThere(session, key, name, { signal })
          const what = now === undefined ? `${inWords(name)} is not there now` : valueInWords(now)
          return { what: `delete a registry value on ${session.label}`, to: [key, what] }
        },
      }
    if (recursive) {
      const keys = await deepestFirst(session, key, signal)
      return { targets: { values: [], keys }, question: { what: `delete ${keys.length} registry keys on ${session.label}`, to: keys } }
    }
    const found = await enumKey(session, key, { signal })
    if (allValues) {
      const values = found.values.map(({ registry_name }) => registry_name)
      // Fail before anything is deleted if one of the values can't be addressed.
      for (const one of values) valuePath(key, one)
      return {
        targets: { values, keys: [] },
        question: { what: `delete ${values.length} values of ${key} on ${session.label}`, to: found.values.map(valueInWords) },
      }
    }
    if (found.sub_keys.length > 0)
      throw new CbcError('refused', `${key}: has ${found.sub_keys.length} sub key${found.sub_keys.length === 1 ? '' : 's'}`, {
        hint: 'delete them too with --recursive',
        device_id: session.device.id,
      })
    return {
      targets: { values: [], keys: [key] },
      exact: {
        what: `delete a registry key with ${found.values.length} values on ${session.label}`,
        to: [key, ...found.values.map(valueInWords)],
      },
    }
  },
  async run({ key: path, value: named, default: byDefault }, { session, signal }, { values, keys }) {
    await inTurn(session, values, 'values', name =>
      session.issue({ name: 'reg delete value', path: valuePath(path, name) }, { signal, what: `${path}\\${inWords(name)}` }),
    )
    await inTurn(session, keys, 'keys', key => session.issue({ name: 'reg delete key', path: key }, { signal, what: key }))
    const name = byDefault ? '' : named
    return name === undefined ? object({ path }, [PATH]) : object({ path, registry_name: name }, [PATH, { key: 'registry_name' }])
  },
})

/** Deletes one after the other. If one can't be deleted, a notice says how many already are. */
async function inTurn(
  session: RemoteSession,
  all: readonly string[],
  kind: string,
  remove: (one: string) => Promise<unknown>,
): Promise<void> {
  for (const [gone, one] of all.entries()) {
    await reportingEarlierSteps(
      session,
      () => (gone === 0 ? undefined : `${gone} of ${all.length} ${kind} were deleted on ${session.label}; the others are still there`),
      () => remove(one),
    )
  }
}

/** Returns a value's name for display. The default value's name is empty. */
function inWords(name: string): string {
  return name === '' ? '(Default)' : name
}

/**
 * Returns the key and all keys below it, deepest first, since a key can only be deleted once it has no sub keys.
 * @throws CbcError one of them can't be read; nothing is deleted then
 */
async function deepestFirst(session: RemoteSession, path: string, signal: AbortSignal): Promise<string[]> {
  const all: string[] = []
  for await (const key of walkKeys(session, path, { signal })) {
    if (isUnread(key)) throw key.error
    all.push(key.path)
  }
  return all.reverse()
}
