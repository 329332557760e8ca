import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { object } from '../../core/result.ts'
import { WHICH_LAB, whichLab } from './options.ts'

/** `cbc lab reset`. */
export const reset = defineProgramVerb({
  summary: 'start the lab over: no sessions, every endpoint in its first state',
  examples: [],
  fields: ['directory', 'reset'],
  arguments: {},
  options: { state: WHICH_LAB.state },
  async run(input, { host }) {
    const lab = await host.lab(whichLab(input))
    try {
      await lab.reset()
    } finally {
      await lab.close()
    }
    return object({ directory: lab.directory ?? null, reset: true })
  },
})
