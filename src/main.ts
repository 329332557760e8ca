import { asCbcError, CbcError, EXIT_CODES } from './core/errors.ts'
import { ClosedPipe } from './core/ports.ts'
import type { Host } from './core/host.ts'
import { asksForJson } from './engine/globals.ts'

/**
 * The program: words and a host in, exit code out. The one place that catches.
 * @param words what was typed after `cbc`
 */
export async function main(words: readonly string[], host: Host): Promise<number> {
  try {
    const { program } = await import('./cli/program.ts')
    const grammar = program(host, async () => {
      const { connectCommand } = await import('./shell/connect-command.ts')
      return connectCommand({ host, open: async globals => (await import('./cli/runtime-context.ts')).openSurroundings(host, globals) })
    })
    if (words[0] === '__complete') {
      await (await import('./cli/completion/answer.ts')).answer(words.slice(1), grammar, host)
      return 0
    }
    const { parse } = await import('./engine/parse.ts')
    // `cbc help lr ls`, as git and kubectl have it.
    const outcome = await parse(grammar, words[0] === 'help' ? [...words.slice(1), '--help'] : words)
    if (outcome.kind === 'run') return await outcome.leaf.run(outcome.parsed)
    await host.stdout.write(outcome.text)
    return 0
  } catch (thrown) {
    if (thrown instanceof ClosedPipe) return 0
    return await report(thrown, words, host)
  }
}

/** Says what went wrong: a line and a hint, or a JSON document where JSON was asked for. */
async function report(thrown: unknown, words: readonly string[], host: Host): Promise<number> {
  // What was cut short may fail in any way; only an interruption can say more than that.
  const said = thrown instanceof CbcError && thrown.code === 'interrupted'
  const error = host.interrupt.aborted && !said ? asCbcError(host.interrupt.reason) : asCbcError(thrown)
  const { errorDocument, errorLines } = await import('./ui/errors.ts')
  await host.stderr.write(asksForJson(words) ? errorDocument(error) : errorLines(error, host.stderr.color)).catch(() => {})
  if (error.code === 'internal' && host.env['CBC_DEBUG'] === '1' && thrown instanceof Error) await host.stderr.write(`${thrown.stack ?? ''}\n`).catch(() => {})
  return EXIT_CODES[error.code]
}
