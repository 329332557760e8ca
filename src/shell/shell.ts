import { asCbcError, EXIT_CODES, interrupted } from '../core/errors.ts'
import { ClosedPipe, type Output } from '../core/ports.ts'
import type { Row } from '../core/result.ts'
import type { World } from '../core/world.ts'
import { VERBS, type AnyVerb } from '../engine/catalog.ts'
import { OUTPUT_OPTIONS, readGlobals, type Globals } from '../engine/globals.ts'
import { preflight, type Policy } from '../engine/invoke.ts'
import { parse, shellExample, type Grammar } from '../engine/parse.ts'
import { runVerb, type Surroundings } from '../engine/remote-job.ts'
import type { RemoteSession } from '../engine/remote.ts'
import { nest, type CommandNode, type Leaf } from '../engine/spec.ts'
import { errorDocument, errorLines } from '../ui/errors.ts'
import { clearing } from '../ui/progress.ts'
import { render } from '../ui/render.ts'
import { builtinNodes } from './builtins.ts'
import { toCommand, toFile } from './outputs.ts'
import { parseLine, type Statement } from './statements.ts'

export interface ShellOptions {
  world: World
  session: RemoteSession
  /** What `connect` was given: the format, timeout … that lines without their own go by. */
  globals: Globals
  policy: Policy
  around: Surroundings
  /** Lines of before, newest last. */
  history?: () => readonly string[]
  /** Hands the terminal to a local command and takes it back. */
  handOver?: <T>(work: () => Promise<T>) => Promise<T>
}

/** The state of a shell on one endpoint, and the running of its lines. Where lines come from is the business of its callers. */
export class Shell {
  readonly session: RemoteSession
  readonly world: World
  /** The remote directory, absolute, and the one before it. */
  directory: string
  previous: string
  failFast = false
  /** Exit code of the last line that failed, 0 if none did. */
  failure = 0
  /** Of the last line. */
  code = 0
  left = false
  exitCode: number | undefined
  /** Aborted when the line that runs is cancelled. */
  signal: AbortSignal = new AbortController().signal
  readonly root: CommandNode
  readonly #options: ShellOptions
  readonly #grammar: Grammar
  #stdout: Output

  constructor(options: ShellOptions) {
    this.#options = options
    this.world = options.world
    this.session = options.session
    this.directory = options.session.home
    this.previous = this.directory
    this.#stdout = options.world.stdout
    const verbs = VERBS.map(({ name, aliases, load }) => ({ name, aliases, load: async () => this.#leaf(await load()) }))
    this.root = { name: '', summary: 'The shell on an endpoint', children: [...nest(verbs, { reg: 'query and change the registry' }), ...builtinNodes(this)] }
    this.#grammar = { root: this.root, globals: OUTPUT_OPTIONS, example: shellExample, help: path => `help ${path}`.trim() }
  }

  /** Runs a line to its end, writes its errors, and never throws. @returns its exit code */
  async run(line: string, signal: AbortSignal): Promise<number> {
    this.signal = signal
    this.code = 0
    try {
      const parsed = parseLine(line)
      if (parsed.kind === 'local') await this.#note(() => this.#local(parsed.command))
      else for (const statement of parsed.statements) {
        if (this.left || (statement.ifGood && this.code !== 0)) break
        await this.#note(() => this.#statement(statement))
        if (this.code === EXIT_CODES.interrupted || (this.failFast && this.code !== 0)) break
      }
    } catch (error) {
      await this.#note(() => Promise.reject(error as Error))
    }
    return this.code
  }

  async print(text: string): Promise<void> {
    await this.#stdout.write(text)
  }

  async clear(): Promise<void> {
    if (this.world.stdout.isTerminal) await this.world.stdout.write('\u001b[H\u001b[2J\u001b[3J')
  }

  history(): readonly string[] {
    return this.#options.history?.() ?? []
  }

  /** @param code exit code of the program; default: as it comes out */
  leave(code?: number): void {
    this.left = true
    this.exitCode = code
  }

  async help(command: string[]): Promise<void> {
    const outcome = await parse(this.#grammar, [...command, '--help'])
    if (outcome.kind === 'text') await this.print(outcome.text)
  }

  async #note(work: () => Promise<number>): Promise<void> {
    try {
      this.code = await work()
    } catch (thrown) {
      if (thrown instanceof ClosedPipe && this.#stdout === this.world.stdout) throw thrown
      const error = this.signal.aborted ? interrupted() : asCbcError(thrown)
      const { globals, around } = this.#options
      around.progress.end()
      await this.world.stderr.write(globals.output === 'json' || globals.output === 'ndjson' ? errorDocument(error) : errorLines(error, this.world.stderr.color))
      this.code = EXIT_CODES[error.code]
    }
    if (this.code !== 0) this.failure = this.code
  }

  async #local(command: string): Promise<number> {
    if (command === '') return 0
    return await this.#handOver(() => this.world.localShell(command))
  }

  async #statement({ words, redirect, pipe }: Statement): Promise<number> {
    const run = (stdout: Output) => this.#command(words, stdout)
    if (redirect !== undefined) return await toFile(this.world.local, redirect.path, redirect.append, run)
    if (pipe === undefined) return await run(this.world.stdout)
    const { result, code } = await this.#handOver(() => toCommand(input => this.world.localShell(pipe, input), run))
    return result !== undefined && result !== 0 ? result : code
  }

  async #command(words: string[], stdout: Output): Promise<number> {
    this.#stdout = stdout
    try {
      const outcome = await parse(this.#grammar, words)
      if (outcome.kind === 'run') return await outcome.leaf.run(outcome.parsed)
      await this.print(outcome.text)
      return 0
    } finally {
      this.#stdout = this.world.stdout
    }
  }

  async #handOver<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.handOver === undefined ? await work() : await this.#options.handOver(work)
  }

  #leaf(verb: AnyVerb): Leaf {
    return {
      spec: verb,
      run: async ({ input, globals: given }) => {
        const { around, world, policy: base } = this.#options
        const globals: Globals = { ...this.#options.globals, ...readGlobals(given) }
        const policy: Policy = { ...base, yes: base.yes || globals.yes === true }
        preflight(verb, input, policy)
        const stdout = this.#stdout
        const plan: Row[] | undefined = globals.dryRun ? [] : undefined
        const session = plan === undefined ? this.session : this.session.planned(step => { plan.push(step) })
        const result = await runVerb(verb, input, session, this.directory, globals, policy, around, this.signal, plan)
        return await render(result, {
          ...(globals.output === undefined ? {} : { format: globals.output }),
          ...(globals.columns === undefined ? {} : { columns: globals.columns }),
          stdout: clearing(stdout, around.progress),
          stderr: world.stderr,
        })
      },
    }
  }
}
