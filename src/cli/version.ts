import { aboutLine } from '../core/about.ts'
import { object } from '../core/result.ts'
import { defineProgramVerb } from '../engine/define-program-verb.ts'

/** `cbc --version`: one line, or an object where a format is asked for. */
export const version = defineProgramVerb({
  summary: 'show the version',
  examples: [],
  arguments: {},
  options: {},
  run: async (_input, { host: { about } }) => ({ ...object({ ...about }), text: `${aboutLine(about)}\n` }),
})
