import { allProfiles, type ListedProfile, type UnreadSource } from '../../config/listing.ts'
import { OwnStore } from '../../config/profile-store.ts'
import { same } from '../../config/profile.ts'
import { SETTINGS } from '../../config/settings.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { object, type Result, type Row } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'

/** The program's own profiles, and all others beside them. */
export interface Profiles {
  store: OwnStore
  /** In the order in which they are looked up. */
  all: (ListedProfile | UnreadSource)[]
}

/** Reads the profiles of all sources. */
export async function readProfiles(host: Host, globals: Globals): Promise<Profiles> {
  const store = new OwnStore(host)
  return { store, all: await allProfiles(globals.profile, { env: host.env, files: host.credentialsFiles(), store }) }
}

/**
 * Returns the profile with a name, or the current one.
 * @throws CbcError not_found; auth: none is set up; io, auth: a file in which it could be can't be read
 */
export function findProfile({ all }: Profiles, name: string | undefined, globals: Globals): ListedProfile {
  const known = all.filter(one => 'name' in one)
  const wanted = name ?? globals.profile
  const found = wanted === undefined ? known.find(one => one.current) : known.find(one => same(one.name, wanted))
  if (found !== undefined) return found
  const unread = all.find(one => 'error' in one)
  if (unread !== undefined) throw unread.error
  if (wanted === undefined) throw new CbcError('auth', 'no profile is set up', { hint: 'make one: cbc config init' })
  throw new CbcError('not_found', `there is no profile "${wanted}"`, {
    hint: `\`cbc config list\` shows all; make it: cbc config init ${wanted}`,
  })
}

/** Returns one of the program's own profiles, to be changed. @throws CbcError refused: it is not cbc's own; not_found; auth; io */
export function findOwn(profiles: Profiles, name: string | undefined, globals: Globals): ListedProfile {
  const found = findProfile(profiles, name, globals)
  if (found.own) return found
  throw new CbcError('refused', `profile "${found.name}" is not cbc's own to change (${found.source})`, {
    hint: found.source === 'built in' ? 'it has no settings' : "change it there, or make one of cbc's own: cbc config init",
  })
}

/**
 * Splits words into an optional profile name and the rest, which begins with a setting: `url`, `prod url`, `prod url VALUE`.
 * @param more other names that are accepted like settings
 * @throws CbcError usage: neither of the first two words is a setting
 */
export function readWords(words: readonly string[], more: readonly string[] = []): { profile?: string; rest: readonly string[] } {
  const isKey = (word: string) => Object.hasOwn(SETTINGS, plain(word)) || more.includes(plain(word))
  const [first, ...rest] = words
  if (first === undefined || isKey(first)) return { rest: words }
  const [second] = rest
  if (second !== undefined && !isKey(second))
    throw usage(`neither "${first}" nor "${second}" is a setting`, `choose from ${[...Object.keys(SETTINGS), ...more].join(', ')}`)
  return { profile: first, rest }
}

/** Returns the name of a setting that may be typed in other ways: `org-key` is `org_key`. */
export function plain(word: string): string {
  return word.toLowerCase().replaceAll('-', '_')
}

/** The fields of profiles, and of the results of changing them, for `--columns`. */
export const PROFILE_FIELDS = [
  'name',
  'source',
  'current',
  'used',
  'auth',
  'token_store',
  ...Object.keys(SETTINGS),
  'key',
  'path',
  'saved',
  'deleted',
  'error',
]

/** Returns what may be shown of a profile, by the names of its settings. */
export function rowOf({ name, source, current, values, auth, tokenStore }: ListedProfile): Row {
  const { url, org_key, ...others } = values
  return {
    name,
    url: url ?? null,
    org_key: org_key ?? null,
    auth: auth ?? null,
    source,
    current,
    token_store: tokenStore ?? null,
    ...others,
  }
}

/** Returns a result that is a text by itself, for scripts, or an object in the format that is asked for. */
export function bare(text: string, value: Row): Result {
  return { ...object(value), text: `${text}\n` }
}
