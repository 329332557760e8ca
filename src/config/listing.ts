import { asCbcError, type CbcError } from '../core/errors.ts'
import { readCredentials, type Section } from './credentials.ts'
import type { OwnProfile, OwnStore } from './profile-store.ts'
import { askedFor, environmentSection, isInEnvironment, LAB, same, type ProfileSources } from './profile.ts'
import { CREDENTIALS, mayBeShown, SETTINGS, type CredentialKind } from './settings.ts'

/** A profile in a form that may be shown, from any source. */
export interface ListedProfile {
  name: string
  /** `environment`, `built in`, or the file. */
  source: string
  /** One of the program's own profiles, which it may change. */
  own: boolean
  /** The profile that is used where no other is asked for. */
  current: boolean
  /** Its settings without the secrets. */
  values: Record<string, string>
  /** The names of its secret settings. */
  secrets: string[]
  auth: CredentialKind | undefined
  /** Where its secrets are stored. */
  tokenStore: 'keychain' | 'file' | 'environment' | undefined
}

/** A source whose profiles can't be read, and why. */
export interface UnreadSource {
  source: string
  error: CbcError
}

interface Sources extends Pick<ProfileSources, 'env' | 'files'> {
  store: Pick<OwnStore, 'file' | 'list'>
}

/**
 * Lists all profiles in the order in which they are looked up: of several with the same name the first is used.
 * @param wanted `--profile`, or undefined
 */
export async function allProfiles(wanted: string | undefined, { env, files, store }: Sources): Promise<(ListedProfile | UnreadSource)[]> {
  const own = await store.list().catch((error: unknown) => ({ source: store.file, error: asCbcError(error) }))
  const sdk = await Promise.all(
    files.toReversed().map(
      async file =>
        await readCredentials(file).then(
          found => (found?.sections ?? []).map(section => listed(section, file)),
          (error: unknown) => [{ source: file, error: asCbcError(error) }],
        ),
    ),
  )
  const all = [
    ...(isInEnvironment(env) ? [{ ...listed(environmentSection(env), 'environment'), tokenStore: 'environment' as const }] : []),
    ...('error' in own ? [own] : own.profiles.map(profile => listedOwn(profile, store.file))),
    ...sdk.flat(),
    { name: LAB, source: 'built in', own: false, current: false, values: {}, secrets: [], auth: undefined, tokenStore: undefined },
  ]
  const used = usedOf(all, askedFor(wanted, env), 'error' in own ? undefined : own.current)
  return all.map(one => (one === used ? { ...one, current: true } : one))
}

/** Returns the profile that `resolveProfile` would choose. */
function usedOf(
  all: (ListedProfile | UnreadSource)[],
  asked: string | undefined,
  current: string | undefined,
): ListedProfile | UnreadSource | undefined {
  if (asked === undefined && all[0]?.source === 'environment') return all[0]
  const name = asked ?? current ?? 'default'
  return all.find(one => 'name' in one && one.source !== 'environment' && same(one.name, name))
}

function listedOwn({ name, values, secrets }: OwnProfile, source: string): ListedProfile {
  const keys = Object.keys(secrets)
  const tokenStore = keys.length === 0 ? undefined : Object.values(secrets).includes('keychain') ? 'keychain' : 'file'
  return { name, source, own: true, current: false, values, secrets: keys, auth: kindOf([...Object.keys(values), ...keys]), tokenStore }
}

/** Lists a section of a file that this program did not write. Unknown settings are not shown, because they may be secrets. */
function listed({ name, values }: Section, source: string): ListedProfile {
  const set = Object.entries(values).filter(([key, text]) => Object.hasOwn(SETTINGS, key) && text.trim() !== '')
  const [secret, shown] = [set.filter(([key, text]) => !mayBeShown(key, text)), set.filter(([key, text]) => mayBeShown(key, text))]
  return {
    name,
    source,
    own: false,
    current: false,
    values: Object.fromEntries(shown),
    secrets: secret.map(([key]) => key),
    auth: kindOf(set.map(([key]) => key)),
    tokenStore: secret.length === 0 ? undefined : 'file',
  }
}

/** Returns the first kind of credentials that has settings, as `profileOf` chooses. */
function kindOf(keys: readonly string[]): CredentialKind | undefined {
  return (Object.keys(CREDENTIALS) as CredentialKind[]).find(kind => CREDENTIALS[kind].some(key => keys.includes(key)))
}
