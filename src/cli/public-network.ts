import { LAB, NoProfile, resolveProfile, type Profile } from '../config/profile.ts'
import { PLAIN_NETWORK, type NetworkSettings } from '../core/auth-and-network.ts'
import type { Host } from '../core/host.ts'
import { profileSources } from './profile-sources.ts'

/** Returns the profile; undefined where there is none, or it is the lab, which has no network. */
export async function profileOrNone(host: Host, wanted: string | undefined): Promise<Profile | undefined> {
  try {
    const found = await resolveProfile(wanted, profileSources(host))
    return found === LAB ? undefined : found
  } catch (error) {
    if (error instanceof NoProfile) return undefined
    throw error
  }
}

/**
 * Returns how to reach servers other than the service: as the profile says, if there is one, but always checking certificates. A profile may
 * trust its service without one; what others answer is another matter.
 */
export function publicNetwork(profile: Profile | undefined): NetworkSettings {
  return { ...(profile?.network ?? PLAIN_NETWORK), verify: true, verifyHostname: true }
}
