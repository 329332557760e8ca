import type { Host } from '../core/host.ts'
import type { AnyProgramVerb, ProgramContext } from '../engine/define-program-verb.ts'
import { readGlobals, renderingOf } from '../engine/globals.ts'
import type { Parsed } from '../engine/spec.ts'
import { clearing, openProgress } from '../ui/progress.ts'
import { Notices } from '../ui/notices.ts'

/**
 * Runs a verb of the program itself and writes its result.
 * @returns exit code
 */
export async function runProgramVerb(verb: AnyProgramVerb, host: Host, { input, globals: given }: Parsed): Promise<number> {
  const globals = readGlobals(given)
  const progress = openProgress(host.stderr, host.clock, globals.quiet === true)
  const notices = new Notices(host.stderr, globals, 'interactive' in verb ? 'goes on' : 'ends')
  const context: ProgramContext = {
    host,
    globals,
    progress,
    notice: async line => await notices.tell(line),
    open: async (wanted = globals) => (await import('./runtime-context.ts')).openRuntimeContext(host, wanted, notices),
  }
  try {
    if ('interactive' in verb) return await verb.run(input, context)
    const { run } = verb
    return await notices.during(async () => {
      const result = await run(input, context)
      const { render } = await import('../ui/render.ts')
      return await render(result, {
        ...renderingOf(globals, host.clock),
        stdout: clearing(host.stdout, progress),
        stderr: clearing(host.stderr, progress),
        partial: error => notices.partial(error),
      })
    })
  } finally {
    progress.stop()
  }
}
