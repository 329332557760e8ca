import { CREDENTIALS, settingOf, SETTINGS } from '../../config/settings.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { any, flag } from '../../verbs/define.ts'
import { readGlobals } from '../../engine/globals.ts'
import type { Leaf } from '../../engine/spec.ts'
import { findOwn, PROFILE_FIELDS, readProfiles, readWords, writeNotice, type Profiles } from './profiles.ts'
import { show } from '../show.ts'

/** `cbc config unset`. */
export function unset(host: Host): Leaf {
  return {
    spec: {
      summary: "remove a setting from one of cbc's own profiles, or the whole profile with --all",
      examples: [
        { line: 'cbc config unset proxy', does: 'from the current profile' },
        { line: 'cbc config unset prod read_only', does: 'from another profile' },
        { line: 'cbc config unset prod --all', does: 'the profile and its secrets, also those in the keychain' },
      ],
      example: line => line,
      fields: PROFILE_FIELDS,
      arguments: { what: any('setting', `[profile] <setting>: ${Object.keys(SETTINGS).join(', ')}`) },
      options: { all: flag('--all', 'remove the whole profile, which must be named') },
    },
    async run({ input, globals: given }) {
      const globals = readGlobals(given)
      const {
        profile,
        rest: [key, ...more],
      } = readWords(input['what'] as string[])
      const profiles = await readProfiles(host, globals)
      if (more.length > 0 || (input['all'] === true && key !== undefined))
        throw usage('config unset takes one setting, or a profile and --all')
      if (input['all'] !== true && key === undefined)
        throw usage(
          `there is no setting "${profile ?? ''}"`,
          `name one, or remove the whole profile: cbc config unset ${profile ?? 'NAME'} --all`,
        )
      if (input['all'] === true && profile === undefined && globals.profile === undefined)
        throw usage('--all: no profile is named', 'name the one to remove: cbc config unset NAME --all')
      const { name } = findOwn(profiles, profile, globals)
      const done =
        key === undefined ? await removeProfile(profiles, name, globals.dryRun) : await removeSetting(profiles, name, key, globals.dryRun)
      await writeNotice(host, globals, done?.notice)
      const row = { name, ...(key === undefined ? {} : { key: settingOf(key).key }), deleted: true }
      return await show(
        object(
          row,
          Object.keys(row).map(field => ({ key: field })),
        ),
        host,
        globals,
      )
    },
  }
}

async function removeProfile({ store }: Profiles, name: string, dryRun = false): Promise<{ notice?: string } | undefined> {
  return dryRun ? undefined : await store.remove(name)
}

/** @throws CbcError usage: a profile needs the setting; not_found: it doesn't have it */
async function removeSetting({ store }: Profiles, name: string, typed: string, dryRun = false): Promise<{ notice?: string } | undefined> {
  const { key, needed } = settingOf(typed)
  const credentials: readonly string[] = Object.values(CREDENTIALS).flat()
  if (needed || credentials.includes(key)) {
    throw usage(`a profile needs its ${key}`, `replace it with cbc config set, or remove the profile: cbc config unset ${name} --all`)
  }
  const found = (await store.list()).profiles.find(one => one.name === name)
  if (found === undefined || !(key in found.values || key in found.secrets))
    throw new CbcError('not_found', `profile "${name}" has no ${key}`)
  return dryRun ? undefined : await store.change(name, { values: { [key]: undefined } })
}
