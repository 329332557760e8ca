import type { Result } from '../core/result.ts'
import type { Host } from '../core/host.ts'
import { renderingOf, type Globals } from '../engine/globals.ts'
import { render } from '../ui/render.ts'

/** Writes a result in the format that the global options ask for. @returns exit code */
export async function show(result: Result, host: Host, globals: Globals): Promise<number> {
  return await render(result, {
    ...renderingOf(globals, host.clock),
    stdout: host.stdout,
    stderr: host.stderr,
  })
}
