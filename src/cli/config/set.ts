import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import type { ListedProfile } from '../../config/listing.ts'
import type { Change, OwnStore, TokenStore } from '../../config/profile-store.ts'
import { isSecret, otherCredentialSettings, settingOf, SETTINGS } from '../../config/settings.ts'
import { usage } from '../../core/errors.ts'
import { object, type Row } from '../../core/result.ts'
import { Secret } from '../../core/secret.ts'
import type { Host } from '../../core/host.ts'
import { many } from '../../verbs/define.ts'
import type { Globals } from '../../engine/globals.ts'
import { findOwn, plain, PROFILE_FIELDS, readProfiles, readWords } from './profiles.ts'
import { takeSecret } from './secret.ts'

const TOKEN_STORE = 'token_store'

/** `cbc config set`. */
export const set = defineProgramVerb({
  summary: "change a setting of one of cbc's own profiles",
  details: `It changes the current profile, or the one that --profile or the first word names. A secret is typed without being shown, or piped in, never given on the command line. token_store keychain|file moves the secrets.\n\n${Object.entries(
    SETTINGS,
  )
    .map(([key, { summary }]) => `- ${key}: ${summary}`)
    .join('\n')}`,
  examples: [
    { line: 'cbc config set proxy http://proxy.example.com:3128', does: 'in the current profile' },
    { line: 'cbc config set prod read_only true', does: 'in another profile: like --read-only in every command' },
    { line: 'cbc config set token < token.txt', does: 'a new API key, from a file' },
  ],
  example: line => line,
  fields: PROFILE_FIELDS,
  arguments: { what: many('setting', '[profile] <setting> <value>; without the value for a secret') },
  options: {},
  async run({ what }, { host, globals, notice }) {
    const { profile, rest } = readWords(what, [TOKEN_STORE])
    const [key, value, ...more] = rest
    if (key === undefined)
      throw usage(`there is no setting "${profile ?? ''}"`, `choose from ${Object.keys(SETTINGS).join(', ')}, ${TOKEN_STORE}`)
    if (more.length > 0) throw usage('config set takes a setting and one value', 'quote a value that contains blanks')
    const profiles = await readProfiles(host, globals)
    const found = findOwn(profiles, profile, globals)
    const { change, row } =
      plain(key) === TOKEN_STORE ? await moveSecrets(profiles.store, found, value) : await changeSetting(host, globals, found, key, value)
    const saved = globals.dryRun ? {} : await profiles.store.change(found.name, change)
    if (saved.notice !== undefined) await notice(saved.notice)
    const shown: Row = { name: found.name, ...row, ...(saved.store === undefined ? {} : { [TOKEN_STORE]: saved.store }) }
    return object(shown)
  },
})

/** Returns the change that moves the secrets. @throws CbcError usage: neither keychain nor file; auth, io: the secrets can't be read */
async function moveSecrets(store: OwnStore, { name }: ListedProfile, value: string | undefined): Promise<{ change: Change; row: Row }> {
  return { change: { secrets: await store.secrets(name), store: tokenStore(value ?? '') }, row: {} }
}

/** Reads the name of a token store. @throws CbcError usage: there is no such store */
export function tokenStore(text: string): TokenStore {
  if (text === 'keychain' || text === 'file') return text
  throw usage(`${TOKEN_STORE}: "${text}" is not a place for secrets`, 'use keychain or file')
}

async function changeSetting(
  host: Host,
  globals: Globals,
  { tokenStore: place }: ListedProfile,
  typed: string,
  value: string | undefined,
): Promise<{ change: Change; row: Row }> {
  const { key, check } = settingOf(typed)
  const checked = async (text: string) => await check(text, key, host.local)
  if (value === '') throw usage(`${key}: there is no value`, `remove the setting with cbc config unset ${key}`)
  if (value !== undefined && isSecret(key, value)) {
    throw usage(
      `${key}: a secret is not accepted on the command line, where other users of this machine can read it`,
      `leave it out and type it when asked, or pipe it in: cbc config set ${key} < FILE`,
    )
  }
  if (value === undefined && !isSecret(key, '@')) throw usage(`${key}: there is no value`, `cbc config set ${key} VALUE`)
  const text = value === undefined ? await takeSecret(host, globals, key, checked) : await checked(value)
  const removed = Object.fromEntries(otherCredentialSettings(key).map(rival => [rival, undefined]))
  if (!isSecret(key, text)) return { change: { values: { ...removed, [key]: text } }, row: { [key]: text } }
  // The secrets of one profile stay in one place.
  return { change: { values: removed, secrets: { [key]: new Secret(text) }, ...(place === 'file' ? { store: place } : {}) }, row: { key } }
}
