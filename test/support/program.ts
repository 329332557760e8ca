import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterEachFile } from './after-file.ts'
import { COMMAND } from './command.ts'
import { environment } from './environment.ts'
import { PATIENCE_MS } from './patience.ts'

export interface ProgramOptions {
  /** Overrides of the clean environment (`environment.ts`); undefined removes a variable. */
  env?: Record<string, string | undefined>
  /** HOME and the XDG directories; default: new ones for each test file. */
  home?: string
  cwd?: string
  /** Node's arguments before the program's: the script to run. Default: the program under test (command.ts). */
  program?: string[]
}

export interface RunOptions extends ProgramOptions {
  /** Standard input; default: empty. */
  stdin?: string | Uint8Array
  /** Milliseconds until the program is killed and the run fails; default: patience.ts. */
  timeout?: number
}

export interface RunResult {
  /** Exit code; null when a signal ended it. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** stdout as bytes. */
  bytes: Buffer
  /** Parses stdout as one JSON document. @throws Error with all output if it is not one. */
  json<T = unknown>(): T
}

const running = new Set<ChildProcessWithoutNullStreams>()

afterEachFile(async () => {
  await Promise.all(
    [...running].map(
      child =>
        new Promise<void>(resolve => {
          child.once('close', () => resolve())
          child.kill('SIGKILL')
        }),
    ),
  )
})

function launch(args: readonly string[], { env, home, cwd, program }: ProgramOptions): ChildProcessWithoutNullStreams {
  const [file, ...first] = program === undefined ? COMMAND : [process.execPath, ...program]
  const child = spawn(file, [...first, ...args], { env: environment(env, home), cwd, stdio: 'pipe' })
  running.add(child)
  child.once('close', () => running.delete(child))
  // A program may end without reading all of its input.
  child.stdin.on('error', () => undefined)
  return child
}

/**
 * Runs the program to its end.
 * @throws Error with the output so far when it exceeds the timeout.
 */
export function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { stdin, timeout = PATIENCE_MS } = options
  const child = launch(args, options)
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', chunk => out.push(chunk))
  child.stderr.on('data', chunk => err.push(chunk))
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    const result = (code: number | null, signal: NodeJS.Signals | null) =>
      resultOf({ code, signal }, Buffer.concat(out), Buffer.concat(err))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`cbc ${args.join(' ')}: still running after ${timeout} ms\n${describeOutput(result(null, null))}`))
    }, timeout)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve(result(code, signal))
    })
  })
}

/** Describes a run by how it ended, and what it wrote. */
export function resultOf(end: Pick<RunResult, 'code' | 'signal'>, bytes: Buffer, stderr: Buffer): RunResult {
  const all: RunResult = {
    ...end,
    bytes,
    stdout: bytes.toString(),
    stderr: stderr.toString(),
    json<T>() {
      try {
        return JSON.parse(all.stdout) as T
      } catch (cause) {
        throw new Error(`stdout is no JSON document\n${describeOutput(all)}`, { cause })
      }
    },
  }
  return all
}

const describeOutput = ({ code, stdout, stderr }: Pick<RunResult, 'code' | 'stdout' | 'stderr'>): string =>
  `── code ${code}\n── stdout\n${stdout}\n── stderr\n${stderr}`

/** A program that runs until it is ended. */
export interface Started {
  readonly pid: number
  /** All lines so far. */
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /**
   * Returns the next line of stdout (or stderr) that matches. Lines before it are skipped, and each line is returned once.
   * @throws Error with all output if none arrived in time, or the program ended.
   */
  line(fits?: string | RegExp, options?: { from?: 'stdout' | 'stderr'; timeout?: number }): Promise<string>
  write(text: string): void
  /** Ends the input. */
  end(): void
  /** Sends a signal (default SIGTERM) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Starts the program and leaves it running. It is killed after the test file at the latest. */
export function start(args: readonly string[], options: ProgramOptions = {}): Started {
  const child = launch(args, options)
  const lines = { stdout: [] as string[], stderr: [] as string[] }
  const given = { stdout: 0, stderr: 0 }
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of [...waiting]) look()
  }
  for (const from of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[from] }).on('line', line => {
      lines[from].push(line)
      wake()
    })
  }
  let ended = false
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code, signal })
      ended = true
      // The line readers emit the last lines in this turn of the event loop.
      setImmediate(wake)
    })
  })
  const take = (from: 'stdout' | 'stderr', fits: string | RegExp): string | undefined => {
    const at = lines[from].findIndex(
      (line, index) => index >= given[from] && (typeof fits === 'string' ? line.includes(fits) : fits.test(line)),
    )
    if (at >= 0) given[from] = at + 1
    return lines[from][at]
  }
  return {
    pid: child.pid ?? 0,
    stdout: lines.stdout,
    stderr: lines.stderr,
    exit,
    write: text => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    kill(signal = 'SIGTERM') {
      child.kill(signal)
      return exit
    },
    line(fits = '', { from = 'stdout', timeout = PATIENCE_MS } = {}) {
      return new Promise((resolve, reject) => {
        const finish = (act: () => void): void => {
          waiting.delete(look)
          clearTimeout(timer)
          act()
        }
        const fail = (why: string): void =>
          finish(() =>
            reject(
              new Error(
                `no line with ${String(fits) || 'anything'} on ${from}: ${why}\n${describeOutput({ code: child.exitCode, stdout: lines.stdout.join('\n'), stderr: lines.stderr.join('\n') })}`,
              ),
            ),
          )
        const look = (): void => {
          const line = take(from, fits)
          if (line !== undefined) finish(() => resolve(line))
          else if (ended) fail('the program ended')
        }
        const timer = setTimeout(() => fail(`none in ${timeout} ms`), timeout)
        waiting.add(look)
        look()
      })
    },
  }
}
