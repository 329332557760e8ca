import { object } from '../core/result.ts'
import type { World } from '../core/world.ts'
import { readGlobals } from '../engine/globals.ts'
import type { Leaf } from '../engine/spec.ts'
import { WHICH_LAB, whichLab } from './lab-options.ts'
import { show } from './show.ts'

/** `cbc lab reset`. */
export function reset(world: World): Leaf {
  return {
    spec: { summary: 'start the lab over: no sessions, every endpoint as it was made', examples: [], arguments: {}, options: { state: WHICH_LAB.state } },
    async run({ input, globals: given }) {
      const lab = await world.lab(whichLab(input))
      try {
        await lab.reset()
      } finally {
        await lab.close()
      }
      return await show(object({ directory: lab.directory ?? null, reset: true }, [{ key: 'directory' }, { key: 'reset' }]), world, readGlobals(given))
    },
  }
}
