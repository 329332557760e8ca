import { OwnStore } from '../config/own.ts'
import type { ProfileSources } from '../config/profile.ts'
import type { World } from '../core/world.ts'

/** Where profiles come from. */
export function profileSources(world: World): ProfileSources {
  return { env: world.env, files: world.credentialsFiles(), own: () => new OwnStore(world).source() }
}
