import { object } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { readGlobals } from '../../engine/globals.ts'
import type { Leaf } from '../../engine/spec.ts'
import { WHICH_LAB, whichLab } from './options.ts'
import { show } from '../show.ts'

/** `cbc lab reset`. */
export function reset(host: Host): Leaf {
  return {
    spec: {
      summary: 'start the lab over: no sessions, every endpoint in its first state',
      examples: [],
      fields: ['directory', 'reset'],
      arguments: {},
      options: { state: WHICH_LAB.state },
    },
    async run({ input, globals: given }) {
      const lab = await host.lab(whichLab(input))
      try {
        await lab.reset()
      } finally {
        await lab.close()
      }
      return await show(
        object({ directory: lab.directory ?? null, reset: true }, [{ key: 'directory' }, { key: 'reset' }]),
        host,
        readGlobals(given),
      )
    },
  }
}
