import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { isSecret, SETTINGS } from '../../config/settings.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { any } from '../../verbs/define.ts'
import { bare, findProfile, plain, PROFILE_FIELDS, readProfiles, readWords, rowOf } from './profiles.ts'

/** Properties of a profile that are not settings. */
const FACTS = ['name', 'source', 'current', 'auth', 'token_store']

/** `cbc config get`. */
export const get = defineProgramVerb({
  summary: 'show a profile, or one setting of it',
  details: "Without a profile's name it shows the current one. A setting is printed by itself, for scripts. Secrets are never shown.",
  examples: [
    { line: 'cbc config get', does: 'the current profile' },
    { line: 'cbc config get url', does: 'its URL' },
    { line: 'cbc config get prod org_key', does: 'a setting of another profile' },
  ],
  example: line => line,
  fields: PROFILE_FIELDS,
  arguments: { what: any('setting', `a profile's name, a setting, or both: ${[...Object.keys(SETTINGS), ...FACTS].join(', ')}`) },
  options: {},
  async run({ what }, { host, globals }) {
    const {
      profile,
      rest: [key, ...more],
    } = readWords(what, FACTS)
    if (more.length > 0) throw usage("config get takes at most a profile's name and a setting")
    const found = findProfile(await readProfiles(host, globals), profile, globals)
    const row = rowOf(found)
    if (key === undefined) return object(row)
    const name = plain(key)
    if (isSecret(name, '') || found.secrets.includes(name))
      throw new CbcError('refused', `${name} is a secret and is not shown`, { hint: 'replace it with `cbc config set`' })
    const value = row[name] ?? undefined
    if (value === undefined) throw new CbcError('not_found', `profile "${found.name}" has no ${name}`)
    return bare(String(value), { name: found.name, [name]: value })
  },
})
