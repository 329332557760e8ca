import type { Result } from '../core/result.ts'
import type { World } from '../core/world.ts'
import type { Globals } from '../engine/globals.ts'
import { render } from '../ui/render.ts'

/** Writes a result as every command does. @returns exit code */
export async function show(result: Result, world: World, globals: Globals): Promise<number> {
  return await render(result, {
    ...(globals.output === undefined ? {} : { format: globals.output }),
    ...(globals.columns === undefined ? {} : { columns: globals.columns }),
    stdout: world.stdout, stderr: world.stderr,
  })
}
