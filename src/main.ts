import { asCbcError, EXIT_CODES } from './core/errors.ts'
import { ClosedPipe } from './core/ports.ts'
import type { World } from './core/world.ts'
import { asksForJson } from './engine/globals.ts'

/**
 * The program: words and a world in, exit code out. The one place that catches.
 * @param words what was typed after `cbc`
 */
export async function main(words: readonly string[], world: World): Promise<number> {
  try {
    const [{ parse }, { program }] = await Promise.all([import('./engine/parse.ts'), import('./cli/program.ts')])
    const grammar = program(world, async () => {
      const [{ connectCommand }, { openSurroundings }] = await Promise.all([import('./shell/connect.ts'), import('./cli/surroundings.ts')])
      return connectCommand({ world, open: globals => openSurroundings(world, globals) })
    })
    const outcome = await parse(grammar, words)
    if (outcome.kind === 'run') return await outcome.leaf.run(outcome.parsed)
    await world.stdout.write(outcome.text)
    return 0
  } catch (thrown) {
    if (thrown instanceof ClosedPipe) return 0
    return await report(thrown, words, world)
  }
}

/** Says what went wrong: a line and a hint, or a JSON document where JSON was asked for. */
async function report(thrown: unknown, words: readonly string[], world: World): Promise<number> {
  const error = world.interrupt.aborted ? asCbcError(world.interrupt.reason) : asCbcError(thrown)
  const { errorDocument, errorLines } = await import('./ui/errors.ts')
  await world.stderr.write(asksForJson(words) ? errorDocument(error) : errorLines(error, world.stderr.color)).catch(() => {})
  if (error.code === 'internal' && world.env['CBC_DEBUG'] === '1' && thrown instanceof Error) await world.stderr.write(`${thrown.stack ?? ''}\n`).catch(() => {})
  return EXIT_CODES[error.code]
}
