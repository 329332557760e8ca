import type { Command } from '../api/live-response.ts'
import { withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { remove, type Work } from './files.ts'
import { Planned, CommandError, type RemoteSession } from './session.ts'
import { fetchBytes, type TransferWork } from './transfer.ts'

export interface Executed {
  process_pid: number | null
  return_code: number | null
  output: Uint8Array
}

export interface ExecOptions {
  /** Absolute directory on the endpoint; default: the sensor's. */
  directory?: string
  /** Keep the output on the endpoint under this path instead of in a temporary file. */
  outputFile?: string
}

/** Milliseconds that stopping a cancelled program may take. */
const CLEANUP = 8000

/**
 * Runs a program and waits for it ("create process" with `wait` and an output file, which is fetched and deleted after).
 * A cancelled run ends the program on the endpoint, as far as its pid is known, and still deletes the file.
 * @throws CbcError not_found: no such program; remote: it could not be started
 */
export async function execute(session: RemoteSession, commandLine: string, options: ExecOptions, work: TransferWork): Promise<Executed> {
  const outputFile = options.outputFile ?? session.paths.temporary(`cbc-${session.random.uuid()}.out`)
  const temporary = options.outputFile === undefined
  let issued: Command | undefined
  try {
    const command = await session.issue({
      name: 'create process', path: commandLine, output_file: outputFile, wait: true,
      ...(options.directory === undefined ? {} : { working_directory: options.directory }),
    }, { ...work, what: program(commandLine), onUpdate: update => { issued = update } })
    if (session.planning) throw new Planned()
    const { pid: last, return_code: code } = command.process_details ?? {}
    if ((last ?? 0) === 0 && (code ?? -1) !== 0) throw new CbcError('remote', `${program(commandLine)}: could not be started`, { device_id: session.device.id })
    return { process_pid: last ?? null, return_code: code ?? null, output: await readOutput(session, outputFile, work) }
  } catch (error) {
    if (issued !== undefined && !(error instanceof CommandError)) await stop(session, issued.id)
    throw error
  } finally {
    if (temporary && !session.planning) await removeQuietly(session, outputFile)
  }
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
  return command.process_details?.pid ?? null
}

/** Words as one command line that Windows' and POSIX' usual parsers split into the same words; one word is taken as a whole line. */
export function commandLine(words: string[], windows: boolean): string {
  if (words.length === 1) return words[0] ?? ''
  return words.map(word => quote(word, windows)).join(' ')
}

function quote(word: string, windows: boolean): string {
  if (windows) {
    if (word !== '' && !/[\s"]/.test(word)) return word
    return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
  }
  if (word !== '' && /^[\w@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll('\'', '\'\\\'\'')}'`
}

function program(line: string): string {
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}

/** What the program printed. A program that printed nothing may leave no file. */
async function readOutput(session: RemoteSession, path: string, work: TransferWork): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of fetchBytes(session, path, {}, work)) parts.push(part)
  } catch (error) {
    if (!(error instanceof CommandError && error.code === 'not_found')) throw error
  }
  return Buffer.concat(parts)
}

/** Ends the program of a command that nobody waits for any more, if it runs. */
async function stop(session: RemoteSession, commandId: number): Promise<void> {
  await quietly(session, async signal => {
    const { status, process_details: details } = await session.api.getCommand(session.id, commandId, { signal })
    const pid = details?.pid ?? 0
    if (status !== 'IN_PROGRESS' || pid === 0) return
    await session.issueBeside({ name: 'kill', pid }, { signal, patience: CLEANUP })
  })
}

async function removeQuietly(session: RemoteSession, path: string): Promise<void> {
  await quietly(session, signal => remove(session, path, { signal }))
}

/** Work that is done even when the rest was cancelled, within its own time. */
async function quietly(session: RemoteSession, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const deadline = withDeadline(session.clock, CLEANUP, 'clean up')
  try {
    await work(deadline.signal)
  } catch {
    // The program has ended, or the file was never made: there is nothing left to undo.
  } finally {
    deadline.clear()
  }
}
