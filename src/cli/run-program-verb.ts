import type { Host } from '../core/host.ts'
import type { AnyProgramVerb, ProgramContext } from '../engine/define-program-verb.ts'
import { readGlobals, renderingOf } from '../engine/globals.ts'
import type { Parsed } from '../engine/spec.ts'
import { message } from '../ui/message.ts'
import { clearing, openProgress } from '../ui/progress.ts'

/**
 * Runs a verb of the program itself and writes its result.
 * @returns exit code
 */
export async function runProgramVerb(verb: AnyProgramVerb, host: Host, { input, globals: given }: Parsed): Promise<number> {
  const globals = readGlobals(given)
  const progress = openProgress(host.stderr, host.clock, globals.quiet === true)
  const context: ProgramContext = {
    host,
    globals,
    progress,
    async notice(line) {
      if (!globals.quiet) await host.stderr.write(message(`cbc: ${line}`, host.stderr))
    },
    open: async (wanted = globals) => (await import('./runtime-context.ts')).openRuntimeContext(host, wanted),
  }
  try {
    if ('interactive' in verb) return await verb.run(input, context)
    const result = await verb.run(input, context)
    const { render } = await import('../ui/render.ts')
    return await render(result, {
      ...renderingOf(globals, host.clock),
      stdout: clearing(host.stdout, progress),
      stderr: clearing(host.stderr, progress),
    })
  } finally {
    progress.stop()
  }
}
