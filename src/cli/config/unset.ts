import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { CREDENTIALS, settingOf, SETTINGS } from '../../config/settings.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { any, flag } from '../../verbs/define.ts'
import { findOwn, PROFILE_FIELDS, readProfiles, readWords, type Profiles } from './profiles.ts'

/** `cbc config unset`. */
export const unset = defineProgramVerb({
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
  async run({ what, all }, { host, globals, notice }) {
    const {
      profile,
      rest: [key, ...more],
    } = readWords(what)
    const profiles = await readProfiles(host, globals)
    if (more.length > 0 || (all && key !== undefined)) throw usage('config unset takes one setting, or a profile and --all')
    if (!all && key === undefined)
      throw usage(
        `there is no setting "${profile ?? ''}"`,
        `name one, or remove the whole profile: cbc config unset ${profile ?? 'NAME'} --all`,
      )
    if (all && profile === undefined && globals.profile === undefined)
      throw usage('--all: no profile is named', 'name the one to remove: cbc config unset NAME --all')
    const { name } = findOwn(profiles, profile, globals)
    const done =
      key === undefined ? await removeProfile(profiles, name, globals.dryRun) : await removeSetting(profiles, name, key, globals.dryRun)
    if (done?.notice !== undefined) await notice(done.notice)
    return object({ name, ...(key === undefined ? {} : { key: settingOf(key).key }), deleted: true })
  },
})

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
