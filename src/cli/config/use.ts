import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { askedFor, isInEnvironment } from '../../config/profile.ts'
import { usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { required } from '../../verbs/define.ts'
import { findProfile, PROFILE_FIELDS, readProfiles } from './profiles.ts'

/** `cbc config use`. */
export const use = defineProgramVerb({
  summary: 'choose the current profile: the one that is used without --profile',
  details:
    "It can be one of cbc's own, one of the SDK's credentials.cbc, or lab. The environment (CBC_PROFILE, CBC_URL) takes precedence over it.",
  examples: [
    { line: 'cbc config use prod', does: 'from now on, prod' },
    { line: 'cbc config use lab', does: 'the embedded Carbon Black Cloud' },
  ],
  example: line => line,
  fields: PROFILE_FIELDS,
  arguments: { name: required('profile', 'the profile') },
  options: {},
  async run({ name: wanted }, { host, globals, notice }) {
    const profiles = await readProfiles(host, globals)
    const { name, source } = findProfile(profiles, wanted, globals)
    if (source === 'environment')
      throw usage(
        "the environment can't be chosen: it is used whenever it is set",
        'unset CBC_URL, CBC_ORG_KEY and CBC_TOKEN to use another profile',
      )
    if (!globals.dryRun) await profiles.store.use(name)
    const asked = askedFor(undefined, host.env)
    if (asked !== undefined) await notice(`CBC_PROFILE is set: ${asked} is used until you unset it`)
    else if (isInEnvironment(host.env)) await notice('CBC_URL and related variables are set: they are used until you unset them')
    return object({ name, source, current: true }, [{ key: 'name' }, { key: 'source' }])
  },
})
