import { isAbsolute } from 'node:path'
import { LAB, resolveProfile, type Profile } from '../../config/profile.ts'
import { findExposure } from '../../config/warnings.ts'
import type { Host } from '../../core/host.ts'
import type { Globals } from '../../engine/globals.ts'
import { readProfiles, type Profiles } from '../config/profiles.ts'
import { profileSources } from '../profile-sources.ts'
import { failed, failure, passed, type Finding } from './finding.ts'

/**
 * Checks which profile is used and where it was found, which others there are, and whether other users may read the files.
 * @returns the profile, or undefined if none can be used
 */
export async function* checkConfiguration(host: Host, globals: Globals): AsyncGenerator<Finding, Profile | typeof LAB | undefined> {
  let profile: Profile | typeof LAB | undefined
  try {
    profile = await resolveProfile(globals.profile, profileSources(host))
    yield passed('configuration', profile === LAB ? 'profile lab, built in' : describe(profile))
  } catch (error) {
    yield failure('configuration', error)
  }
  const { all } = await readProfiles(host, globals)
  yield passed(
    'profiles',
    bySource(all)
      .map(({ source, names }) => `${source} (${names.join(', ')})`)
      .join('; '),
  )
  for (const one of all) if ('error' in one) yield failure('profiles', one.error)
  for (const { source } of bySource(all).filter(({ source }) => isAbsolute(source))) {
    const open = await findExposure(source)
    yield open === undefined ? passed('file', `only you can read ${source}`) : failed('file', 'io', open.what, `type ${open.mend}`)
  }
  return profile
}

function describe({ name, source, url, orgKey, readOnly }: Profile): string {
  const where = isAbsolute(source) ? `profile ${name} in ${source}` : `the profile of the ${source}`
  return `${where}: ${url.origin}, organization ${orgKey}${readOnly ? ', read-only' : ''}`
}

function bySource(all: Profiles['all']): { source: string; names: string[] }[] {
  const sources = new Map<string, string[]>()
  for (const one of all) if ('name' in one) sources.set(one.source, [...(sources.get(one.source) ?? []), one.name])
  return [...sources].map(([source, names]) => ({ source, names }))
}
