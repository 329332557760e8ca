import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, object } from '../../core/result.ts'
import { windowsWord } from '../../core/quote.ts'
import { reportingEarlierSteps } from '../../remote/cleanup.ts'
import { ALREADY_EXISTS, FILE_EXISTS, resultCode } from '../../remote/hresult.ts'
import { enumKeyIfThere, queryValueIfThere, valuePath } from '../../remote/registry.ts'
import type { RemoteSession } from '../../remote/session.ts'
import { REGISTRY_VALUE } from '../columns.ts'
import { defineVerb, flag, required, value } from '../define.ts'
import { valueInWords } from './value-in-words.ts'
import { encodeData, parseType, TYPES } from './data.ts'

export const regAdd = defineVerb({
  name: 'reg add',
  summary: 'create a registry key, or set a value',
  details:
    'A missing key is created first. An existing value is replaced only with --force. Type and data are checked before anything is sent. ' +
    "The API can't address a value whose name contains a backslash, so such a name is refused.",
  examples: [
    { line: 'reg add HKLM\\SOFTWARE\\Demo', does: 'a key' },
    { line: 'reg add HKLM\\SOFTWARE\\Demo -v Level -t REG_DWORD -d 0x10 -f', does: 'a value' },
    { line: 'reg add HKLM\\SOFTWARE\\Demo /v List /t REG_MULTI_SZ /d one\\0two /f', does: 'with the switches of reg.exe' },
  ],
  effect: 'change',
  fields: fieldsOf([{ key: 'path' }, ...REGISTRY_VALUE]),
  needs: ['reg create key'],
  arguments: { key: required('registry-key', 'key') },
  options: {
    value: value('-v, --value <name>', 'value to set', { kind: 'registry-value' }),
    default: flag('--default', "set the key's default value"),
    type: value('-t, --type <type>', 'its type; default: REG_SZ', { parse: parseType, choices: TYPES }),
    data: value('-d, --data <data>', 'its data'),
    separator: value('-s, --separator <text>', 'separator between the strings of a REG_MULTI_SZ; default: \\0'),
    force: flag('-f, --force', 'replace an existing value'),
  },
  slashes: { '/v': '--value', '/ve': '--default', '/t': '--type', '/d': '--data', '/s': '--separator', '/f': '--force' },
  check({ key, value: name, default: byDefault, type = 'REG_SZ', data, separator = '\\0' }) {
    if (byDefault && name !== undefined) throw usage('reg add: --default and --value exclude each other')
    if (name === undefined && !byDefault && data !== undefined)
      throw usage('reg add: --data needs a value to set', 'name it with -v NAME, or --default')
    if (separator === '') throw usage('reg add: --separator is empty')
    encodeData(type, data ?? '', separator)
    if (name !== undefined) valuePath(key, name)
  },
  async plan({ key: path, value: typed, default: byDefault, type = 'REG_SZ', data, separator = '\\0', force }, { session, signal }) {
    const name = byDefault ? '' : typed
    const value = { registry_name: name ?? '', registry_type: type, registry_data: encodeData(type, data ?? '', separator) }
    return {
      targets: undefined,
      async exact() {
        const key = await enumKeyIfThere(session, path, { signal })
        const above = key === undefined ? 'the key is not there now' : 'the key is there now'
        if (name === undefined) return { what: `create a registry key on ${session.label}`, to: [path, above] }
        const now = key === undefined ? undefined : await queryValueIfThere(session, path, name, { signal })
        if (now !== undefined && !force) throw exists(session, path, name)
        return {
          what: `set a registry value on ${session.label}`,
          to: [path, valueInWords(value), now === undefined ? `the value is not there now, ${above}` : `now: ${valueInWords(now)}`],
        }
      },
    }
  },
  async run({ key: path, value: typed, default: byDefault, type = 'REG_SZ', data, separator = '\\0', force }, { session, signal }) {
    const name = byDefault ? '' : typed
    if (name === undefined) {
      await createKey(session, path, signal)
      return object({ path }, [{ key: 'path' }])
    }
    const encoded = encodeData(type, data ?? '', separator)
    const set = { path, registry_name: name, registry_type: type, registry_data: encoded }
    const isThere = (await enumKeyIfThere(session, path, { signal })) !== undefined
    if (isThere && !force && (await queryValueIfThere(session, path, name, { signal })) !== undefined) throw exists(session, path, name)
    const named = valuePath(path, name)
    const made = !isThere && (await createKey(session, path, signal))
    await reportingEarlierSteps(
      session,
      () =>
        made
          ? `the key ${path} was created on ${session.label}; \`cbc lr reg delete ${session.device.id} ${windowsWord(path)}\` deletes it`
          : undefined,
      () =>
        session.issue(
          { name: 'reg set value', path: named, value_data: encoded, value_type: type, overwrite: force },
          { signal, what: named },
        ),
    )
    return object(set, [{ key: 'path' }, ...REGISTRY_VALUE])
  },
})

function exists(session: RemoteSession, path: string, name: string): CbcError {
  return new CbcError('refused', `${path}: the value ${name === '' ? '(Default)' : `"${name}"`} exists`, {
    hint: 'replace it with --force',
    device_id: session.device.id,
  })
}

/** Creates a key ("reg create key"), unless it exists. @returns whether it was created */
async function createKey(session: RemoteSession, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await session.issue({ name: 'reg create key', path }, { signal, what: path })
    return true
  } catch (error) {
    const code = resultCode(error)
    if (code !== ALREADY_EXISTS && code !== FILE_EXISTS) throw error
    return false
  }
}
