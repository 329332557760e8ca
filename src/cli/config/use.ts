import { askedFor, isInEnvironment } from '../../config/profile.ts'
import { usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { required } from '../../verbs/define.ts'
import { readGlobals } from '../../engine/globals.ts'
import type { Leaf } from '../../engine/spec.ts'
import { findProfile, PROFILE_FIELDS, readProfiles, writeNotice } from './profiles.ts'
import { show } from '../show.ts'

/** `cbc config use`. */
export function use(host: Host): Leaf {
  return {
    spec: {
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
    },
    async run({ input, globals: given }) {
      const globals = readGlobals(given)
      const profiles = await readProfiles(host, globals)
      const { name, source } = findProfile(profiles, String(input['name']), globals)
      if (source === 'environment')
        throw usage(
          "the environment can't be chosen: it is used whenever it is set",
          'unset CBC_URL, CBC_ORG_KEY and CBC_TOKEN to use another profile',
        )
      if (!globals.dryRun) await profiles.store.use(name)
      const asked = askedFor(undefined, host.env)
      if (asked !== undefined) await writeNotice(host, globals, `CBC_PROFILE is set: ${asked} is used until you unset it`)
      else if (isInEnvironment(host.env))
        await writeNotice(host, globals, 'CBC_URL and related variables are set: they are used until you unset them')
      return await show(object({ name, source, current: true }, [{ key: 'name' }, { key: 'source' }]), host, globals)
    },
  }
}
