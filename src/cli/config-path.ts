import { OwnStore } from '../config/own.ts'
import type { World } from '../core/world.ts'
import { readGlobals } from '../engine/globals.ts'
import type { Leaf } from '../engine/spec.ts'
import { bare } from './config-profiles.ts'
import { show } from './show.ts'

/** `cbc config path`. */
export function path(world: World): Leaf {
  return {
    spec: {
      summary: 'print where cbc keeps its own profiles',
      details: 'CBC_CONFIG_DIR names another directory for the file.',
      examples: [],
      arguments: {},
      options: {},
    },
    async run({ globals: given }) {
      const { file } = new OwnStore(world)
      return await show(bare(file, { path: file }), world, readGlobals(given))
    },
  }
}
