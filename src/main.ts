import { asCbcError, CbcError, EXIT_CODES } from './core/errors.ts'
import { ClosedPipe } from './core/ports.ts'
import type { World } from './core/world.ts'
import { asksForJson } from './engine/globals.ts'

/**
 * The program: words and a world in, exit code out. The one place that catches.
 * @param words what was typed after `cbc`
 */
export async function main(words: readonly string[], world: World): Promise<number> {
  try {
    const { program } = await import('./cli/program.ts')
    const grammar = program(world, async () => {
      const { connectCommand } = await import('./shell/connect-command.ts')
      return connectCommand({ world, open: async globals => (await import('./cli/surroundings.ts')).openSurroundings(world, globals) })
    })
    if (words[0] === '__complete') {
      await (await import('./cli/completion/answer.ts')).answer(words.slice(1), grammar, world)
      return 0
    }
    const { parse } = await import('./engine/parse.ts')
    // `cbc help lr ls`, as git and kubectl have it.
    const outcome = await parse(grammar, words[0] === 'help' ? [...words.slice(1), '--help'] : words)
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
  // What was cut short may fail in any way; only an interruption can say more than that.
  const said = thrown instanceof CbcError && thrown.code === 'interrupted'
  const error = world.interrupt.aborted && !said ? asCbcError(world.interrupt.reason) : asCbcError(thrown)
  const { errorDocument, errorLines } = await import('./ui/errors.ts')
  await world.stderr.write(asksForJson(words) ? errorDocument(error) : errorLines(error, world.stderr.color)).catch(() => {})
  if (error.code === 'internal' && world.env['CBC_DEBUG'] === '1' && thrown instanceof Error) await world.stderr.write(`${thrown.stack ?? ''}\n`).catch(() => {})
  return EXIT_CODES[error.code]
}
