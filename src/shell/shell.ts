import { cleanupSignalOf, within } from '../core/abort.ts'
import { asCbcError, CbcError, EXIT_CODES } from '../core/errors.ts'
import { isJson } from '../core/format.ts'
import { ClosedPipe, type LocalFiles, type Output } from '../core/ports.ts'
import type { Result, Row } from '../core/result.ts'
import type { Host } from '../core/host.ts'
import { VERBS } from '../verbs/index.ts'
import type { AnyVerb } from '../verbs/define.ts'
import type { Device } from '../api/devices.ts'
import { DeviceList } from '../engine/device-list.ts'
import { comparable, splitCompare } from '../engine/compare-options.ts'
import { shellExample } from '../engine/examples.ts'
import { checkColumns, isWatched, readGlobals, renderingOf, type Globals } from '../engine/globals.ts'
import { preflight, withEffect, type Policy } from '../engine/invoke.ts'
import { topicText } from '../engine/help/topics.ts'
import { helpWidth } from '../engine/help/width.ts'
import { parse, type Grammar } from '../engine/parse.ts'
import { runVerb, type RuntimeContext } from '../engine/remote-job.ts'
import { asksForJson } from '../engine/route.ts'
import type { RemoteSession } from '../remote/session.ts'
import { nest, type CommandNode, type Leaf } from '../engine/spec.ts'
import { quoteWord } from '../engine/tokenize.ts'
import { aliasesOf, withBlank } from '../engine/words.ts'
import { errorDocument, errorLines } from '../ui/errors.ts'
import { escapeLine } from '../ui/escape.ts'
import { clearing } from '../ui/progress.ts'
import { render } from '../ui/render.ts'
import type { Settings, ShellControl } from './builtin.ts'
import { builtinNodes } from './builtins.ts'
import { overview } from './help.ts'
import { Jobs, stateOf, type Job } from './jobs.ts'
import { filesFrom } from './local-place.ts'
import { SHELL_OPTIONS, toPager } from './pager.ts'
import { Places } from './places.ts'
import { toCommand, toFile } from './outputs.ts'
import { parseLine, type Chain, type Statement } from './statements.ts'
import { sharingTerminal, type Place, type Streams } from './streams.ts'

export interface ShellOptions {
  host: Host
  session: RemoteSession
  /** What `connect` was given: the format, timeout … that lines without their own go by. */
  globals: Globals
  policy: Policy
  runtime: RuntimeContext
  /** Leaves a session for one on another device. @throws CbcError as `openSession` */
  reach?: (device: string | undefined, current: RemoteSession, signal: AbortSignal) => Promise<RemoteSession>
  /** Lines of before, newest last. */
  history?: () => readonly string[]
  /** Hands the terminal to a local command and takes it back. */
  handOver?: <T>(work: () => Promise<T>) => Promise<T>
}

/** A shell on one endpoint, which runs lines; its callers decide where lines come from. */
export class Shell implements ShellControl {
  session: RemoteSession
  readonly places: Places
  readonly settings: Settings = { failFast: false, remembers: true }
  readonly jobs: Jobs
  readonly host: Host
  /** The commands as completion and help see them. */
  readonly root: CommandNode
  /** Exit code of the last line that failed, 0 if none did. */
  failure = 0
  /** Exit code of the last line. */
  code = 0
  /** Somebody has asked to leave, with this exit code of the program, if any. */
  left = false
  exitCode: number | undefined
  /** How many lines were run: what is known of the endpoint may have changed with each. */
  runs = 0
  /** Called when a job has ended. */
  whenJobEnds: () => void = () => {}
  readonly #options: ShellOptions
  /** The line in which it was last said that jobs are running. */
  #warned = 0

  constructor(options: ShellOptions) {
    this.#options = options
    const { host, handOver } = options
    this.host = handOver === undefined ? host : { ...host, stderr: { ...host.stderr, inShell: true } }
    this.session = options.session
    this.places = new Places(options.session.home)
    this.jobs = new Jobs(() => this.whenJobEnds(), options.host.clock)
    this.root = this.#root(this.#foreground(new AbortController().signal))
  }

  /**
   * Runs a line to its end and writes its errors.
   * @returns its exit code
   * @throws ClosedPipe: nobody reads the output any more
   */
  async run(line: string, signal: AbortSignal): Promise<number> {
    const streams = this.#foreground(signal)
    this.runs += 1
    this.code = 0
    try {
      for (const chain of parseLine(line)) {
        if (this.left) break
        if (chain.background) await this.#start(chain)
        else this.code = await this.#chain(chain, streams)
        if (this.code !== 0) this.failure = this.code
        if (this.code === EXIT_CODES.interrupted || (this.settings.failFast && this.code !== 0)) break
      }
    } catch (error) {
      this.failure = this.code = await this.#told(error, streams, false)
    }
    return this.code
  }

  readonly localFiles = (): LocalFiles => filesFrom(this.host.local, this.places.localDirectory)

  readonly notice = (line: string): void => this.#options.runtime.notice(line)

  get localHome(): string {
    return this.host.env['HOME'] || this.host.env['USERPROFILE'] || '.'
  }

  history(): readonly string[] {
    return this.#options.history?.() ?? []
  }

  /** The devices of the organization whose names fit what was typed. */
  async findDevices(typed: string, signal: AbortSignal): Promise<Device[]> {
    return await new DeviceList(this.#options.runtime.connection.devices).find(typed, signal)
  }

  async connect(device: string | undefined, signal: AbortSignal): Promise<void> {
    const { reach } = this.#options
    if (reach === undefined) throw new CbcError('refused', 'connect: there is no other endpoint to be reached from here')
    if (this.jobs.running.length > 0)
      throw new CbcError('refused', 'connect: jobs are running on this endpoint', { hint: '`wait` for them, or `cancel` them' })
    this.session = await reach(device, this.session, signal)
    this.places.restart(this.session.home)
  }

  /**
   * Shows what jobs that have ended have written, and on a terminal what became of them.
   * @returns exit code of the last that failed, 0 if none did
   */
  async tellOfJobs(stdout: Output = this.host.stdout, stderr: Output = this.host.stderr): Promise<number> {
    let code = 0
    for (const job of this.jobs.ended) code = (await this.tell(job, { stdout, stderr })) || code
    return code
  }

  /** Shows what a job has written that wasn't shown yet, and on a terminal what became of it. @returns its exit code */
  async tell(job: Job, { stdout, stderr }: Pick<Streams, 'stdout' | 'stderr'>): Promise<number> {
    this.jobs.settle(job)
    this.runs += 1
    const { code = 0 } = job
    if (code !== 0) this.failure = code
    await job.kept.show(stdout, stderr)
    if (this.host.stdout.isTerminal) await stderr.write(`[${job.number}] ${stateOf(job)}  ${escapeLine(job.line)}\n`)
    return code
  }

  /** The end of the shell: jobs are waited for, or cancelled where nobody is to wait. */
  async end(cancel: boolean): Promise<void> {
    const { jobs } = this
    const { interrupt } = this.host
    const { progress } = this.#options.runtime
    const { running } = jobs
    const over =
      running.length === 0
        ? () => {}
        : progress.wait({
            kind: 'work',
            what: () => `${cancel ? 'ending' : 'waiting for'} jobs: ${running.map(({ line }) => line).join('; ')}`,
            signal: interrupt,
          })
    if (cancel || interrupt.aborted) await jobs.cancelAll(cleanupSignalOf(interrupt))
    const cut = () => void jobs.cancelAll(cleanupSignalOf(interrupt))
    interrupt.addEventListener('abort', cut, { once: true })
    for (const job of jobs.all) await job.over
    interrupt.removeEventListener('abort', cut)
    over()
    await this.tellOfJobs()
  }

  /**
   * @param code exit code of the program; default: as it comes out
   * @throws CbcError refused: jobs are running, and it is the first time that somebody at a terminal wants to leave them
   */
  leave(code?: number): void {
    const { running } = this.jobs
    if (running.length > 0 && this.#options.handOver !== undefined && this.runs !== this.#warned + 1) {
      this.#warned = this.runs
      throw new CbcError('refused', `${running.length === 1 ? 'a job is' : `${running.length} jobs are`} running`, {
        hint: '`jobs` lists them, `wait` waits; leaving again cancels them',
      })
    }
    this.left = true
    this.exitCode = code
  }

  /** Explains all there is, a command, or a topic. @throws CbcError usage: there is neither */
  async help(command: string[], streams: Streams): Promise<void> {
    const width = helpWidth(streams.stdout)
    const text =
      command.length === 0
        ? await overview(this.session, this.root, width)
        : command.length === 1
          ? topicText(command[0] ?? '', width)
          : undefined
    if (text !== undefined) return await streams.stdout.write(text)
    const outcome = await parse(this.#grammar(streams), [...command, '--help'])
    if (outcome.kind === 'text') await streams.stdout.write(outcome.text)
  }

  /** Writes a result of the shell's own. @param plain what it is where no format is asked for */
  async show(result: Result, given: Record<string, unknown>, { stdout, stderr }: Streams, plain?: string): Promise<number> {
    const globals = { ...this.#options.globals, ...readGlobals(given) }
    if (plain !== undefined && (globals.output === undefined || globals.output === 'table') && globals.columns === undefined) {
      await stdout.write(plain)
      return 0
    }
    return await render(result, { ...renderingOf(globals, this.host.clock), stdout, stderr })
  }

  #foreground(signal: AbortSignal): Streams {
    return {
      stdout: this.host.stdout,
      stderr: this.host.stderr,
      progress: this.#options.runtime.progress,
      signal,
      from: this.places,
      background: false,
    }
  }

  /** Starts a job; on a terminal its number is said. */
  async #start(chain: Chain): Promise<void> {
    const { stdout, stderr } = this.host
    const { directory, localDirectory } = this.places
    const from: Place = { directory, localDirectory }
    const job = this.jobs.start(chain.text, stdout, stderr, to => this.#chain(chain, { ...to, from, background: true }))
    if (stdout.isTerminal) await stderr.write(`[${job.number}] ${escapeLine(chain.text)}\n`)
    this.code = 0
  }

  /** Runs commands as long as they work, and writes their errors. */
  async #chain({ statements }: Chain, streams: Streams): Promise<number> {
    for (const statement of statements) {
      let code
      try {
        code = await this.#statement(statement, streams)
      } catch (thrown) {
        code = await this.#told(thrown, streams, await asksForJson(this.root, SHELL_OPTIONS, statement.words))
      }
      if (code !== 0 || (this.left && !streams.background)) return code
    }
    return 0
  }

  /** Writes an error. @param json its command asked for JSON @returns its exit code @throws ClosedPipe */
  async #told(thrown: unknown, { stderr, signal, progress, background }: Streams, json: boolean): Promise<number> {
    if (thrown instanceof ClosedPipe) throw thrown
    // What was cut short may fail in any way; only an interruption can say more than that.
    const failure = asCbcError(thrown)
    const error = signal.aborted && failure.code !== 'interrupted' ? asCbcError(signal.reason) : failure
    const { globals } = this.#options
    progress.end()
    // Whoever cancels a job knows that, but not what it leaves in doubt.
    if (!background || error !== signal.reason) {
      await stderr.write(json || isJson(globals.output) ? errorDocument(error) : await errorLines(error, stderr))
    }
    return EXIT_CODES[error.code]
  }

  async #statement({ words, redirect, pipe, local }: Statement, streams: Streams): Promise<number> {
    const run = (stdout: Output) => this.#command(words, { ...streams, stdout })
    // A shell without a line needs somebody at the terminal.
    if (local !== undefined)
      return local === '' && this.#options.handOver === undefined ? 0 : await this.#locally(streams, () => this.#localShell(local, streams))
    if (redirect !== undefined)
      return await toFile(filesFrom(this.host.local, streams.from.localDirectory), redirect.path, redirect.append, run)
    if (pipe === undefined) return await run(streams.stdout)
    const { result, code } = await sharingTerminal(streams.progress, shared =>
      this.#locally(streams, () =>
        toCommand(
          input => this.#localShell(pipe, streams, input),
          stdout => this.#command(words, { ...streams, stdout: shared(stdout) }),
        ),
      ),
    )
    return result !== undefined && result !== 0 ? result : code
  }

  async #command(words: string[], streams: Streams): Promise<number> {
    const { progress, signal, stdout } = streams
    const over = progress.wait({ kind: 'work', what: () => `${this.session.label}: ${words.map(quoteWord).join(' ')}`, signal })
    try {
      const outcome = await parse(this.#grammar(streams), withBlank(words))
      if (outcome.kind === 'run') return await outcome.leaf.run(outcome.parsed, words)
      await clearing(stdout, progress).write(outcome.text)
      return 0
    } finally {
      over()
    }
  }

  async #localShell(
    line: string,
    { background, stdout, from: { localDirectory } }: Streams,
    input?: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    return await this.host.localShell(line, {
      ...(input === undefined ? {} : { input }),
      ...(localDirectory === undefined ? {} : { directory: localDirectory }),
      ...(background ? { output: (chunk: Uint8Array) => void stdout.write(chunk) } : {}),
    })
  }

  /** Lends the terminal to work with a local command, unless it runs beside the prompt. */
  async #locally<T>({ background }: Streams, work: () => Promise<T>): Promise<T> {
    return background || this.#options.handOver === undefined ? await work() : await this.#options.handOver(work)
  }

  #grammar(streams: Streams): Grammar {
    return {
      root: this.#root(streams),
      globals: SHELL_OPTIONS,
      example: shellExample,
      env: this.host.env,
      help: path => `help ${path}`.trim(),
      width: helpWidth(streams.stdout),
    }
  }

  /** The commands, bound to what they write to. */
  #root(streams: Streams): CommandNode {
    const verbs = VERBS.map(({ name, load }) => ({ name, load: async () => this.#leaf(await load(), streams) }))
    return {
      name: '',
      summary: 'The shell on an endpoint',
      children: [...nest(verbs, { reg: 'query and change the registry' }, aliasesOf), ...builtinNodes(this, streams)],
    }
  }

  #leaf(verb: AnyVerb, streams: Streams): Leaf {
    return {
      spec: comparable(verb),
      run: async ({ input, globals: given }, words = []) => {
        const typed = words.map(quoteWord).join(' ')
        const { pager, ...rest } = given
        const globals = readGlobals(rest)
        if (pager !== true || !streams.stdout.isTerminal || streams.background)
          return await this.#verb(verb, input, globals, streams, typed)
        const less = this.host.env['PAGER'] || 'less -FRX'
        return await sharingTerminal(streams.progress, shared =>
          this.#locally(streams, () =>
            toPager(
              streams.stdout,
              page => this.#localShell(less, streams, page),
              stdout => this.#verb(verb, input, globals, { ...streams, stdout: shared(stdout) }, typed),
            ),
          ),
        )
      },
    }
  }

  async #verb(defined: AnyVerb, given: Record<string, unknown>, own: Globals, streams: Streams, typed: string): Promise<number> {
    const { stdout, stderr, progress, signal, from, background, owner } = streams
    const {
      runtime,
      policy: { confirm, ...base },
    } = this.#options
    const merged: Globals = { ...this.#options.globals, ...own }
    const globals: Globals = { ...merged, ...checkColumns(comparable(defined), merged) }
    const policy: Policy = { ...base, yes: base.yes || globals.yes === true, ...(confirm === undefined || background ? {} : { confirm }) }
    const { input, compare } = splitCompare(defined, given)
    const verb = withEffect(defined, input)
    preflight(verb, input, policy)
    const plan: Row[] | undefined = globals.dryRun ? [] : undefined
    const view =
      plan === undefined
        ? this.session
        : this.session.planned(step => {
            plan.push(step)
          })
    const session = owner === undefined ? view : view.on(progress, owner)
    const lineOf: RuntimeContext['lineOf'] = (_device, [verb = '', ...rest]) => [verb, ...rest.map(quoteWord)].join(' ')
    const here = {
      ...runtime,
      typed,
      watched: isWatched(stdout, globals),
      ...(this.#options.handOver === undefined ? {} : { lineOf }),
      progress,
      local: filesFrom(runtime.local, from.localDirectory),
    }
    await verb.checkLocal?.(input, here.local)
    return await within(this.host.clock, globals.timeout, verb.name, signal, async timely => {
      const { case: recorder } = here
      const folder = recorder && (() => this.host.caseFolder(recorder.path, { create: true }))
      const compared = { verb, input, device: session.device, globals, runtime: { ...here, policy }, folder }
      const shown = compare && (await (await import('../engine/compare-devices.ts')).shownOf({ ...compared, compare }, timely))
      const result = await runVerb({
        verb,
        input,
        session,
        directory: from.directory,
        globals,
        policy,
        runtime: here,
        signal: timely,
        plan,
      })
      return await render(shown === undefined ? result : await shown(result), {
        ...renderingOf(globals, this.host.clock),
        stdout: clearing(stdout, progress),
        stderr: clearing(stderr, progress),
        changed: verb.effect !== 'read',
      })
    })
  }
}
