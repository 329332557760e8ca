import type { Command } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import { quietly } from './cleanup.ts'
import type { Work } from './files.ts'
import { Poll } from './poll.ts'
import { isPid } from './processes.ts'
import { Planned, CommandError, type RemoteSession } from './session.ts'
import { noteTemporary, removeTemporary } from './temporary.ts'
import { fetchBytes, type TransferWork } from './transfer.ts'

/** How a program ended; null where the endpoint doesn't say. */
interface Outcome {
  process_pid: number | null
  return_code: number | null
}

/** A program that has ended, and what it printed as it comes from the endpoint. */
export interface Ended extends Outcome {
  output: AsyncIterable<Uint8Array>
}

/** The same with all that it printed. */
export interface Executed extends Outcome {
  output: Uint8Array
}

export interface ExecOptions {
  /** Absolute directory on the endpoint; default: the sensor's. */
  directory?: string
  /** Keep the output on the endpoint under this path instead of in a temporary file. */
  outputFile?: string
}

/** Milliseconds that ending a cancelled program may take. */
const STOPPING = 4000

/** Where a program's output goes on the endpoint. */
interface OutputFile {
  path: string
  temporary: boolean
}

/** A command as the service took it. */
interface Issued {
  id: number
  sessionId: string
}

/**
 * Runs a program and waits for it ("create process" with `wait` and an output file). What it printed is fetched while `output` is read, which must be
 * begun: at its end the temporary file is deleted. A cancelled run ends the program on the endpoint, as far as its pid is known, and still deletes
 * the file.
 * @throws CbcError not_found: no such program; remote: it could not be started
 */
export async function runProgram(session: RemoteSession, commandLine: string, options: ExecOptions, work: TransferWork): Promise<Ended> {
  const file: OutputFile = options.outputFile === undefined
    ? { path: session.paths.temporary(`cbc-${session.random.uuid()}.out`), temporary: true }
    : { path: options.outputFile, temporary: false }
  if (file.temporary) noteTemporary(session, file.path)
  let issued: Issued | undefined
  try {
    const command = await session.issue({
      name: 'create process', path: commandLine, output_file: file.path, wait: true,
      ...(options.directory === undefined ? {} : { working_directory: options.directory }),
    }, { ...work, what: program(commandLine), onUpdate: ({ id }) => { issued = { id, sessionId: session.id } } })
    if (session.planning) throw new Planned()
    issued = undefined
    checkStarted(session, commandLine, command)
    const { pid, return_code } = command.process_details ?? {}
    return { process_pid: pid ?? null, return_code: return_code ?? null, output: readOutput(session, file, work) }
  } catch (error) {
    if (issued !== undefined && !(error instanceof CommandError)) await stop(session, issued)
    if (file.temporary && !session.planning) await removeTemporary(session, file.path)
    throw error
  }
}

/** As `runProgram`, with the output as a whole: for programs whose output is known to be short. */
export async function execute(session: RemoteSession, commandLine: string, options: ExecOptions, work: TransferWork): Promise<Executed> {
  const { output, ...ended } = await runProgram(session, commandLine, options, work)
  const parts: Uint8Array[] = []
  for await (const part of output) parts.push(part)
  return { ...ended, output: Buffer.concat(parts) }
}

/**
 * Starts a program and doesn't wait for it.
 * @returns its pid
 */
export async function launch(session: RemoteSession, commandLine: string, options: ExecOptions, work: Work): Promise<number | null> {
  const command = await session.issue({
    name: 'create process', path: commandLine, wait: false,
    ...(options.outputFile === undefined ? {} : { output_file: options.outputFile }),
    ...(options.directory === undefined ? {} : { working_directory: options.directory }),
  }, { ...work, what: program(commandLine) })
  if (session.planning) throw new Planned()
  checkStarted(session, commandLine, command)
  return command.process_details?.pid ?? null
}

/** "Use the process_details object's pid and return_code to find out if the process has successfully started." @throws CbcError remote: it has not */
function checkStarted(session: RemoteSession, commandLine: string, { process_details: details }: Command): void {
  if (details != null && (details.pid ?? 0) === 0 && (details.return_code ?? -1) !== 0) {
    throw new CbcError('remote', `${program(commandLine)}: could not be started`, { device_id: session.device.id })
  }
}

function program(line: string): string {
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}

/** What the program printed. A program that printed nothing may leave no file. */
async function* readOutput(session: RemoteSession, { path, temporary }: OutputFile, work: TransferWork): AsyncIterable<Uint8Array> {
  try {
    yield* fetchBytes(session, path, {}, work)
  } catch (error) {
    if (error instanceof CbcError && error.code === 'network') {
      throw error.with(`the program ran and ended, but its output could not be read: ${error.message}`, { hint: 'it need not run again for that: --output-file keeps the output on the endpoint', device_id: session.device.id })
    }
    if (!(error instanceof CommandError && error.code === 'not_found')) throw error
  } finally {
    if (temporary) await removeTemporary(session, path)
  }
}

/** Ends the program of a command that nobody waits for any more, as soon as it runs, and waits until it has ended. */
async function stop(session: RemoteSession, { id, sessionId }: Issued): Promise<void> {
  await quietly(session.clock, STOPPING, async signal => {
    const ask = () => session.api.getCommand(sessionId, id, { signal })
    const isOver = ({ status }: Command) => status !== 'PENDING' && status !== 'IN_PROGRESS'
    const pidOf = ({ process_details: details }: Command) => (isPid(details?.pid) ? details.pid : undefined)
    const running = await new Poll(session.clock).until(ask, command => isOver(command) || pidOf(command) !== undefined, signal)
    const pid = pidOf(running)
    if (isOver(running) || pid === undefined) return
    await session.issueBeside({ name: 'kill', pid }, { signal, patience: STOPPING })
    await new Poll(session.clock).until(ask, isOver, signal)
  })
}
