import { createInterface } from 'node:readline'
import { Transform } from 'node:stream'
import { within } from '../core/abort.ts'
import { CbcError, usage } from '../core/errors.ts'
import type { Progress } from '../core/ports.ts'
import type { Question } from '../core/question.ts'
import { TextReader } from '../core/text/decode.ts'
import { orUsage } from '../core/text/malformed.ts'
import type { Host } from '../core/host.ts'
import type { Target } from '../remote/lifecycle.ts'
import { resolveDevice } from '../engine/devices.ts'
import type { ProgramContext } from '../engine/define-program-verb.ts'
import { policyFor, type Policy } from '../engine/invoke.ts'
import type { Globals } from '../engine/globals.ts'
import { openSession, type OpenRuntime, type RuntimeContext } from '../engine/remote-job.ts'
import type { SelectorSources } from '../engine/selector.ts'
import { escapeLine } from '../ui/escape.ts'
import { message } from '../ui/message.ts'
import { personAt } from '../ui/person.ts'
import type { PromptStreams } from '../ui/prompt.ts'
import { questionLines } from '../ui/question.ts'
import { leaveSession, noteSession } from './case-session.ts'
import { openHistory } from './history.ts'
import { interact, openConsole, type Console } from './interactive.ts'
import { Shell, type ShellOptions } from './shell.ts'

/** What can be typed after `cbc lr connect`. */
interface Input {
  device: string | undefined
  command: string | undefined
  script: string | undefined
  failFast: boolean
  keepSession: boolean
  record?: string | undefined
}

/** Gives the terminal to some work. */
type Lend = <T>(work: () => Promise<T>) => Promise<T>

type Lines = AsyncIterable<string> | Iterable<string>

/**
 * Runs lines on an endpoint: those of a person at the terminal, of a file, or of stdin.
 * @returns exit code
 */
export async function connect(input: Input, { host, globals, open }: Pick<ProgramContext, 'host' | 'globals' | 'open'>): Promise<number> {
  const { device, command, script, record } = input
  const isTerminal = host.stdin.isTerminal && host.stdout.isTerminal
  if (command !== undefined && script !== undefined) throw usage('--command and --script exclude each other')
  const person = isTerminal ? personAt(host, globals) : undefined
  if (device === undefined && person === undefined) throw usage("missing required argument 'device'", 'see `cbc lr connect --help`')
  const lines = await linesToRun(host, command, script)
  const runtime = await open()
  try {
    const work = { globals, runtime, person, lines }
    const recorder = runtime.case
    if (record === undefined && recorder === undefined) return await converse(input, { ...work, host })
    const { recordInCase, recordInFile } = await import('./recording.ts')
    const title = ['cbc lr connect', ...(device === undefined ? [] : [device])].join(' ')
    const recording =
      record !== undefined ? await recordInFile(host, title, record) : recorder && (await recordInCase(host, title, recorder))
    return await converse(input, { ...work, host: recording?.host ?? host }).finally(() => recording?.end())
  } finally {
    await runtime.close()
  }
}

interface Conversation {
  host: Host
  globals: Globals
  runtime: OpenRuntime
  person: PromptStreams | undefined
  lines: Lines | undefined
}

async function converse(
  { device, failFast, keepSession }: Input,
  { host, globals, runtime, person, lines }: Conversation,
): Promise<number> {
  // What happens to the session is told above the prompt, once there is one.
  let notice = runtime.notice
  // A list of devices takes the terminal from the prompt, once there is one.
  let lend: Lend = work => work()
  const told: RuntimeContext = { ...runtime, notice: line => notice(line) }
  const sources = {
    ...runtime.sources,
    stdin: async () => {
      throw usage('@-: lr connect reads its lines from stdin', 'give the device itself, or @FILE')
    },
  }
  const timely = <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) =>
    within(host.clock, globals.timeout, 'connect', signal, work)
  const { progress } = runtime
  const over = progress.wait({ kind: 'work', what: () => `Carbon Black Cloud: ${device ?? 'devices'}`, signal: host.interrupt })
  try {
    const find = (typed: string | undefined, signal: AbortSignal) =>
      timely(signal, stop => deviceFor(runtime, host, typed, sources, lines === undefined ? person : undefined, work => lend(work), stop))
    const target = await find(device, host.interrupt)
    const reach = (to: Target, signal: AbortSignal) =>
      timely(signal, async stop => {
        const session = await openSession(await withName(runtime, to, stop), globals, told, stop, undefined, keepSession)
        await noteSession(runtime, 'connected', session)
        return session
      })
    const options: ShellOptions = {
      host,
      globals,
      runtime: told,
      session: await reach(target, host.interrupt),
      policy: lines === undefined ? policyFor(globals, runtime.connection) : runtime.policy,
      async reach(name, current, signal) {
        const next = await find(name, signal)
        // A device has one session: the same one again is a new one only after the end of the old.
        const isSame = next.id === current.device.id
        if (isSame) await leaveSession(runtime, current)
        const session = await reach(next, signal)
        if (!isSame) await leaveSession(runtime, current)
        return session
      },
    }
    over()
    if (lines !== undefined) return await runLines(options, lines, failFast)
    return await onTerminal(options, told, (console, handOver, shell) => {
      lend = handOver
      notice = line => {
        progress.clear()
        console.editor.print(message(`cbc: ${line}`, { ...host.stderr, inShell: !shell.left }))
      }
    })
  } finally {
    over()
  }
}

/** The device that was named, or is chosen from a list: of those like it where there is none of that name. @param person who may choose */
async function deviceFor(
  { connection: { devices }, progress }: RuntimeContext,
  host: Host,
  typed: string | undefined,
  sources: SelectorSources,
  person: PromptStreams | undefined,
  lend: Lend,
  signal: AbortSignal,
): Promise<Target> {
  try {
    if (typed !== undefined) return await resolveDevice(devices, typed, sources, signal)
  } catch (error) {
    const chosen = person !== undefined && error instanceof CbcError && error.code === 'not_found' ? await choose(person) : undefined
    if (chosen === undefined) throw error
    return chosen
  }
  const chosen = person && (await choose(person))
  if (chosen === undefined) throw usage("missing required argument 'device'", 'see `cbc lr connect --help`')
  return chosen

  async function choose(at: PromptStreams): Promise<Target | undefined> {
    const { chooseDevice } = await import('./choose-device.ts')
    return await lend(() => chooseDevice(devices, host, at, progress, typed))
  }
}

/** A device that was named by its id is shown by its name, where that may be known. */
async function withName({ connection: { devices } }: RuntimeContext, target: Target, signal: AbortSignal): Promise<Target> {
  if (target.name !== undefined) return target
  const found = await devices.get(target.id, { signal }).catch(() => undefined)
  signal.throwIfAborted()
  return found === undefined || found.name === '' ? target : { id: target.id, name: found.name }
}

/** Lines to run without a person, or undefined on a terminal. */
async function linesToRun(host: Host, command: string | undefined, script: string | undefined): Promise<Lines | undefined> {
  if (command !== undefined) return command.split(/\r?\n/)
  if (script !== undefined && script !== '-') return (await host.local.text(script)).split('\n')
  return script === undefined && host.stdin.isTerminal && host.stdout.isTerminal ? undefined : stdinLines(host)
}

/** Opened only when the first line is wanted: lines that come before would be lost. */
async function* stdinLines({ stdin: { stream }, interrupt }: Host): AsyncIterable<string> {
  const decoded = stream.pipe(decoding())
  const lines = createInterface({ input: decoded, signal: interrupt })
  try {
    yield* lines
  } catch (error) {
    throw orUsage(error, 'standard input')
  } finally {
    // `exit` ends the program also where whoever writes the lines leaves the pipe open.
    lines.close()
    stream.unpipe(decoded)
    stream.pause()
  }
}

/** Text in any form that `decodeText` knows, as UTF-8 with LF. */
function decoding(): Transform {
  const reader = new TextReader()
  const attempt = (read: () => string, done: (error: Error | null, text?: string) => void) => {
    let text
    try {
      text = read()
    } catch (error) {
      return done(error as Error)
    }
    done(null, text)
  }
  return new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => attempt(() => reader.push(chunk), done),
    flush: done => attempt(() => reader.end(), done),
  })
}

async function runLines(options: ShellOptions, lines: Lines, failFast: boolean): Promise<number> {
  const shell = new Shell(options)
  shell.settings.failFast = failFast
  const { interrupt } = shell.host
  try {
    try {
      for await (const line of lines) {
        const code = (await shell.run(line, interrupt)) || (await shell.tellOfJobs())
        if (shell.left || interrupt.aborted || (shell.settings.failFast && code !== 0)) break
      }
    } finally {
      await shell.end(false)
    }
    interrupt.throwIfAborted()
    return shell.exitCode ?? shell.failure
  } finally {
    await closeSession(shell, options.runtime)
  }
}

async function onTerminal(
  options: ShellOptions,
  runtime: RuntimeContext,
  ready: (console: Console, handOver: Lend, shell: Shell) => void,
): Promise<number> {
  const { host, globals, policy, session } = options
  const history = openHistory({
    open: await host.historyFile(runtime.connection.name),
    isSecret: line => runtime.connection.holdsSecret(line),
  })
  const console = openConsole(host, history)
  const handOver: Lend = async work => {
    console.editor.suspend()
    // Ctrl-C goes to the local command, which is on the same terminal, and to the verb whose output it reads; the shell only waits.
    const release = host.onInterrupt(console.interrupt)
    try {
      return await work()
    } finally {
      release()
      console.editor.resume()
    }
  }
  const shell = new Shell({
    ...options,
    policy: globals.noInput
      ? policy
      : ({ ...policy, confirm: (question: Question) => ask(console.editor, question, runtime.progress) } satisfies Policy),
    history: () => history.entries,
    handOver,
  })
  try {
    ready(console, handOver, shell)
    if (history.warning !== undefined) console.editor.print(message(`cbc: ${history.warning}`, shell.host.stderr))
    console.bind(shell)
    if (!globals.quiet) console.editor.print(`Connected to ${escapeLine(session.label)}. "help" lists the commands, "exit" leaves.\n`)
    await interact(shell, console, history)
    return shell.exitCode ?? 0
  } finally {
    console.editor.close()
    try {
      await shell.end(true)
    } finally {
      await closeSession(shell, runtime)
    }
  }
}

/** The session is closed as the shell is left; Ctrl-C doesn't wait for that. */
async function closeSession({ session, host: { interrupt } }: Shell, runtime: RuntimeContext): Promise<void> {
  const over = runtime.progress.wait({
    kind: 'work',
    what: () => `${session.label}: closing the session`,
    ending: () => `the session with ${session.label}`,
    signal: interrupt,
  })
  await leaveSession(runtime, session, interrupt).finally(over)
}

/** A yes-or-no question in the shell's own editor; no is the default. */
async function ask(editor: Console['editor'], question: Question, progress: Progress): Promise<boolean> {
  const release = progress.hold()
  const { above, asked } = questionLines(question)
  if (above !== '') editor.print(above)
  const answer = await editor.read({ text: `${asked} [y/N] `, fresh: true }).finally(release)
  return answer.kind === 'line' && /^y(es)?$/i.test(answer.text.trim())
}
