import { type ChildProcess, spawn } from 'node:child_process'
import { constants as host } from 'node:os'
import type { Random } from '../../core/ports.ts'
import type { CommandOutput, CommandRequest, Document, Sensor } from '../endpoint.ts'
import { openOutput } from './files.ts'
import type { Jail } from './jail.ts'
import { remember } from './ownership.ts'
import type { Processes } from './processes.ts'
import { hostWord, locate, SEARCH_PATH } from './program.ts'
import { type LinuxState, MARKER } from './state.ts'
import { splitWords } from './words.ts'

/** The parts of the endpoint that "create process" uses. */
export interface ProcessTools {
  jail: Jail
  processes: Processes
  document: Document<LinuxState>
  random: Random
}

/**
 * "create process": runs the program on this machine, in its own session and process group, with none of this process's environment.
 *
 * The program belongs to the endpoint, not to the request: it keeps running when waiting is aborted, when the session ends and when this
 * process ends, with or without `wait`, until it ends by itself or is ended by a `kill` (of this run or a later one).
 * @returns `return_code` is the exit code (128 + n for an end by signal n) with `wait`; 0, for started, without.
 * @throws SensorError FILE_NOT_FOUND for an unknown program, PATH_NOT_FOUND for an unknown working directory, INVALID_PARAMETER for a
 *   command line that can't be split; the reason of `sensor.signal` when waiting is aborted.
 */
export async function createProcess(tools: ProcessTools, request: CommandRequest, sensor: Sensor): Promise<CommandOutput> {
  const marker = tools.random.uuid()
  const { child, pid, ended } = await launch(tools, request, marker)
  // The program alone must not keep this process alive; only waiting for its end does, below.
  child.unref()
  const identity = await tools.processes.identify(pid)
  await remember(tools.document, tools.processes, { pid, started: identity?.started ?? '', marker })
  await sensor.report({ process_details: { pid, return_code: request.wait === true ? -1 : 0 } })
  if (request.wait !== true) return { process_details: { pid, return_code: 0 } }
  child.ref()
  try {
    return { process_details: { pid, return_code: await orAborted(ended, sensor.signal) } }
  } finally {
    child.unref()
  }
}

/** A running program. */
interface Running {
  child: ChildProcess
  pid: number
  /** Its exit code, once it has ended. */
  ended: Promise<number>
}

/** Starts the program; resolves once it runs. */
async function launch({ jail }: ProcessTools, request: CommandRequest, marker: string): Promise<Running> {
  const words = splitWords(request.path ?? '')
  const [program = '', ...args] = await Promise.all(words.map(word => hostWord(jail, word)))
  const home = await jail.within('/', folder => jail.hostPath(folder))
  return jail.within(request.working_directory || '/', async folder => {
    const file = await locate(program, await jail.hostPath(folder))
    // Use the open directory: by now its path may lead to another one.
    const cwd = folder.path.toString()
    const env = { PATH: SEARCH_PATH, HOME: home, LANG: 'C.UTF-8', [MARKER]: marker }
    const run = (output: number | 'ignore'): Promise<Running> =>
      running(spawn(file, args, { argv0: words[0], cwd, env, detached: true, stdio: ['ignore', output, output] }))
    return request.output_file ? withOutput(jail, request.output_file, run) : run('ignore')
  })
}

/** Runs `use` with a descriptor of the output file, and removes the file again when nothing could be started. */
async function withOutput<R>(jail: Jail, path: string, use: (output: number) => Promise<R>): Promise<R> {
  return jail.visit(path, true, async place => {
    const { handle, discard } = await openOutput(jail, place)
    try {
      return await use(handle.fd)
    } catch (error) {
      await discard()
      throw error
    } finally {
      await handle.close()
    }
  })
}

async function running(child: ChildProcess): Promise<Running> {
  // Listen from the start: the program may end before anybody waits for it.
  const ended = new Promise<number>(resolve => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : host.signals[signal])))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', resolve)
  })
  return { child, pid: child.pid ?? 0, ended }
}

/** Resolves as the promise does, or rejects with the signal's reason as soon as it is aborted. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(resolve).finally(() => signal.removeEventListener('abort', abort))
  })
}
