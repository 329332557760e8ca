import { LAB, resolveProfile, type ProfileSources } from '../../config/profile.ts'
import { SETTINGS } from '../../config/settings.ts'
import { SILENT } from '../../core/ports.ts'
import type { Host } from '../../core/host.ts'
import { profileSources } from '../profile-sources.ts'
import type { Sources } from './candidates.ts'
import { knownDevices, type Found, type KnownDevice } from './known-devices.ts'

/** The most devices that one search asks for. */
const DEVICES_PER_SEARCH = 1000

/** Returns the sources of candidates on this machine and from the service. */
export function sourcesOf(host: Host): Sources {
  return {
    local: host.local,
    profiles: () => profileNames(host),
    artifacts: async typed => await (await import('../../verbs/collect/complete.ts')).completeArtifacts(typed, host.env, host.local),
    playbooks: async () =>
      (await import('../../playbooks/shipped/index.ts')).SHIPPED.map(({ name, text }) => ({
        name,
        about: /^description: (.+)$/m.exec(text)?.[1] ?? '',
      })),
    settings: SETTINGS,
    async devices(typed, profile) {
      const cache = host.cache(`devices of ${await placeOf(profile, profileSources(host))}`)
      return await knownDevices(typed, { cache, clock: host.clock, ask: (text, signal) => search(host, profile, text, signal) })
    },
  }
}

/** Returns the names that `--profile` accepts, without duplicates. */
async function profileNames(host: Host): Promise<string[]> {
  const [{ allProfiles }, { OwnStore }] = await Promise.all([import('../../config/listing.ts'), import('../../config/profile-store.ts')])
  const { env, files } = profileSources(host)
  const all = await allProfiles(undefined, { env, files, store: new OwnStore(host) })
  return [...new Set(all.flatMap(one => ('name' in one && one.source !== 'environment' ? [one.name] : [])))]
}

/** Identifies the organization of a profile without reading its secrets: a keychain might ask the user for permission. */
async function placeOf(profile: string | undefined, { own, ...sources }: ProfileSources): Promise<string> {
  const blank =
    own &&
    (async () => ({
      ...(await own()),
      complete: async (section: { name: string; values: Record<string, string> }) => ({
        ...section,
        values: { token: '-', ...section.values },
      }),
    }))
  const found = await resolveProfile(profile, { ...sources, here: [], ...(blank === undefined ? {} : { own: blank }) })
  return found === LAB ? LAB : `${found.url.origin} ${found.orgKey}`
}

/** Searches devices whose name contains a text, the latest contact first. @throws CbcError */
async function search(host: Host, profile: string | undefined, text: string, signal: AbortSignal): Promise<Found> {
  const { openConnection } = await import('../runtime-context.ts')
  const connection = await openConnection(host, profile === undefined ? {} : { profile }, SILENT)
  try {
    const { results, num_found } = await connection.devices.search(
      { ...queryFor(text), rows: DEVICES_PER_SEARCH, sort: [{ field: 'last_contact_time', order: 'DESC' }] },
      { signal },
    )
    return {
      whole: num_found <= results.length,
      devices: results.filter(({ id, name }) => Number.isSafeInteger(id) && typeof name === 'string').map(described),
    }
  } finally {
    await connection.close()
  }
}

/** Returns a query that matches all names with the text, and maybe others: wildcards only work around a single word. */
function queryFor(text: string): { query?: string } {
  const word = text.split(/[^\w.-]+/).at(-1) ?? ''
  return word === '' ? {} : { query: `name:*${word}*` }
}

function described({
  id,
  name,
  os,
  os_version,
  policy_name,
}: {
  id: number
  name: string
  os?: unknown
  os_version?: unknown
  policy_name?: unknown
}): KnownDevice {
  return {
    id,
    name,
    about: [os_version ?? os, policy_name]
      .filter(part => typeof part === 'string' && part !== '')
      .join(', ')
      .slice(0, 100),
  }
}
