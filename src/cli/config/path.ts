import { OwnStore } from '../../config/profile-store.ts'
import type { Host } from '../../core/host.ts'
import { readGlobals } from '../../engine/globals.ts'
import type { Leaf } from '../../engine/spec.ts'
import { bare, PROFILE_FIELDS } from './profiles.ts'
import { show } from '../show.ts'

/** `cbc config path`. */
export function path(host: Host): Leaf {
  return {
    spec: {
      summary: 'print where cbc keeps its own profiles',
      details: 'CBC_CONFIG_DIR names another directory for the file.',
      examples: [],
      fields: PROFILE_FIELDS,
      arguments: {},
      options: {},
    },
    async run({ globals: given }) {
      const { file } = new OwnStore(host)
      return await show(bare(file, { path: file }), host, readGlobals(given))
    },
  }
}
