import { OwnStore } from '../config/profile-store.ts'
import type { ProfileSources } from '../config/profile.ts'
import type { Host } from '../core/host.ts'

/** Returns the places where profiles are looked for. */
export function profileSources(host: Host): ProfileSources {
  return { env: host.env, files: host.credentialsFiles(), here: host.credentialsHere(), own: () => new OwnStore(host).source() }
}
