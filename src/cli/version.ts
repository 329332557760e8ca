import { aboutLine } from '../core/about.ts'
import type { Host } from '../core/host.ts'
import { readGlobals } from '../engine/globals.ts'
import type { Leaf } from '../engine/spec.ts'

/** `cbc --version`: one line, or an object where a format is asked for. */
export function version(host: Host): Leaf {
  return {
    spec: { summary: 'show the version', examples: [], arguments: {}, options: {} },
    async run({ globals: given }) {
      const globals = readGlobals(given)
      const value = { ...host.about }
      if (globals.output !== undefined)
        return await (
          await import('./show.ts')
        ).show({ kind: 'object', value, columns: Object.keys(value).map(key => ({ key })) }, host, globals)
      await host.stdout.write(`${aboutLine(host.about)}\n`)
      return 0
    },
  }
}
