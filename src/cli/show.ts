import type { Result } from '../core/result.ts'
import type { Host } from '../core/host.ts'
import type { Globals } from '../engine/globals.ts'
import { render } from '../ui/render.ts'

/** Writes a result as every command does. @returns exit code */
export async function show(result: Result, host: Host, globals: Globals): Promise<number> {
  return await render(result, {
    ...(globals.output === undefined ? {} : { format: globals.output }),
    ...(globals.columns === undefined ? {} : { columns: globals.columns }),
    stdout: host.stdout, stderr: host.stderr,
  })
}
