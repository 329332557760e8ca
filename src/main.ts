import { asCbcError, CbcError, EXIT_CODES } from './core/errors.ts'
import { ClosedPipe } from './core/ports.ts'
import type { Host } from './core/host.ts'
import type { Grammar } from './engine/parse.ts'

/**
 * Runs the program and returns its exit code. Every error ends up here: nothing else catches to report.
 * @param words what was typed after `cbc`
 */
export async function main(words: readonly string[], host: Host): Promise<number> {
  let grammar: Grammar | undefined
  // `cbc help lr ls` means `cbc lr ls --help`, as with git and kubectl.
  const typed = words[0] === 'help' ? [...words.slice(1), '--help'] : words
  try {
    const { program } = await import('./cli/program.ts')
    grammar = program(host, async () => (await import('./shell/connect-command.ts')).connectCommand)
    if (words[0] === '__complete') {
      await (await import('./cli/completion/answer.ts')).answer(words.slice(1), grammar, host)
      return 0
    }
    const subject = words[0] === 'help' && words.length === 2 ? words[1] : undefined
    const topics = subject === undefined ? undefined : await import('./engine/help/topics.ts')
    const topic = topics?.topicText(subject ?? '', grammar.width ?? Infinity)
    if (topic !== undefined) {
      await host.stdout.write(topic)
      return 0
    }
    const { parse } = await import('./engine/parse.ts')
    const outcome = await parse(grammar, typed).catch((failure: unknown) => {
      throw topics?.withTopics(failure, subject ?? '') ?? failure
    })
    if (outcome.kind === 'run') return await outcome.leaf.run(outcome.parsed, typed)
    await host.stdout.write(outcome.text)
    return 0
  } catch (thrown) {
    if (thrown instanceof ClosedPipe) return 0
    return await report(thrown, await asksForJson(grammar, typed), host)
  }
}

/** Whether errors are reported as JSON. If the command line is too broken to tell, they are plain lines. */
async function asksForJson(grammar: Grammar | undefined, typed: readonly string[]): Promise<boolean> {
  try {
    return grammar !== undefined && (await (await import('./engine/route.ts')).asksForJson(grammar.root, grammar.globals, typed))
  } catch {
    return false
  }
}

/** Reports an error: a line and a hint, or a JSON document if JSON was asked for. Returns the exit code. */
async function report(thrown: unknown, json: boolean, host: Host): Promise<number> {
  // Interrupted work can fail with any error. Report the interruption, unless the error is one that describes it in more detail.
  const isInterruption = thrown instanceof CbcError && thrown.code === 'interrupted'
  const failure = asCbcError(thrown)
  const reason = host.interrupt.aborted && !isInterruption ? asCbcError(host.interrupt.reason) : failure
  const { notices } = failure.facts
  const error = notices === undefined ? reason : reason.with(reason.message, { notices })
  const { errorDocument, errorLines } = await import('./ui/errors.ts')
  await host.stderr.write(json ? errorDocument(error) : await errorLines(error, host.stderr)).catch(() => {})
  if (error.code === 'internal' && host.env['CBC_DEBUG'] === '1' && thrown instanceof Error)
    await host.stderr.write(`${thrown.stack ?? ''}\n`).catch(() => {})
  return EXIT_CODES[error.code]
}
