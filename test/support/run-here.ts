import { Readable, Writable } from 'node:stream'
import { realHost } from '../../src/host/index.ts'
import { main } from '../../src/main.ts'
import { BUILT, COMMAND } from './command.ts'
import { environment } from './environment.ts'
import { resultOf, run, type RunOptions, type RunResult } from './program.ts'

let before: Promise<unknown> = Promise.resolve()

/**
 * As `run`, but within this process, which takes a tenth of the time: with the program's own host, and with streams, an environment and a
 * working directory of its own. What is about the process itself, or the build, is for `run`. An executable under test (command.ts) is
 * started all the same.
 */
export async function runHere(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  if (!COMMAND.includes(BUILT)) return await run(args, options)
  // One after another: a process has one working directory.
  const ran = before.then(() => runAlone(args, options))
  before = ran.catch(() => {})
  return await ran
}

async function runAlone(args: readonly string[], { env, home, cwd, stdin = '' }: RunOptions): Promise<RunResult> {
  const [stdout, stderr] = [collector(), collector()]
  const own = { env: environment(env, home), stdin: Readable.from([Buffer.from(stdin)]), stdout: stdout.stream, stderr: stderr.stream }
  const here = process.cwd()
  if (cwd !== undefined) process.chdir(cwd)
  try {
    const code = await main(args, realHost(!args.includes('--no-color'), processWith(own)))
    return resultOf({ code, signal: null }, stdout.bytes(), stderr.bytes())
  } finally {
    process.chdir(here)
  }
}

/** This process with properties of its own; it gets no signals. */
function processWith(own: object): NodeJS.Process {
  const exit = (): never => {
    throw new Error('the program would have ended the process of its test')
  }
  const all = { on: () => {}, off: () => {}, exit, ...own }
  return Object.create(process, Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }]))) as NodeJS.Process
}

function collector(): { stream: Writable; bytes: () => Buffer } {
  const parts: Buffer[] = []
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(Buffer.from(part))
      done()
    },
  })
  return { stream, bytes: () => Buffer.concat(parts) }
}
