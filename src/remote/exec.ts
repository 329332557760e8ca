import type { Command } from '../api/live-response.ts'
import { inMemory } from '../core/bounded.ts'
import { CbcError } from '../core/errors.ts'
import { shortened } from '../core/text/shorten.ts'
import { leftoverNotice } from './cleanup.ts'
import { endProgram, firstWord } from './end-program.ts'
import type { Work } from './files.ts'
import { followOutput } from './follow-output.ts'
import { InDoubt } from './in-doubt.ts'
import { Planned, CommandError, type RemoteSession } from './session.ts'
import { noteTemporary, removeTemporary, strikeTemporary } from './temporary.ts'
import { fetchBytes, type TransferWork } from './transfer.ts'

/** How a program ended; null when the endpoint doesn't say. */
interface Outcome {
  process_pid: number | null
  return_code: number | null
}

/** A program that has ended, with its output as a stream from the endpoint. */
export interface Ended extends Outcome {
  output: AsyncIterable<Uint8Array>
}

/** A program that has ended, with its whole output. */
export interface Executed extends Outcome {
  output: Uint8Array
}

export interface ExecOptions {
  /** Absolute directory on the endpoint; default: the sensor's. */
  directory?: string
  /** Keep the output on the endpoint under this path instead of in a temporary file. One that is noted as temporary is the caller's to delete. */
  outputFile?: string
  /**
   * Receives what the program prints while it runs, as far as that can be read; `output` is the rest. Not used for a file that is kept,
   * because that may have had content before.
   */
  onOutput?: (chunk: Uint8Array) => void
}

/** Where a program's output goes on the endpoint. */
interface OutputFile {
  path: string
  temporary: boolean
}

/**
 * Runs a program and waits for its end ("create process" with `wait` and an output file). Its output is fetched while `output` is read. The
 * caller must start reading it, because the temporary file is deleted at its end. When the run is given up, the program is ended on the
 * endpoint, or named if that fails, and the file is still deleted.
 * @throws CbcError not_found: no such program; remote: it could not be started; unknown_outcome: it was started, and what became of it
 *   can't be found out
 */
export async function runProgram(session: RemoteSession, commandLine: string, options: ExecOptions, work: TransferWork): Promise<Ended> {
  const file: OutputFile =
    options.outputFile === undefined
      ? { path: session.paths.temporary(`cbc-${session.random.uuid()}.out`), temporary: true }
      : { path: options.outputFile, temporary: false }
  if (file.temporary) noteTemporary(session, file.path)
  let started = false
  const following =
    options.onOutput === undefined || !file.temporary || session.planning
      ? undefined
      : followOutput(session, file.path, work, options.onOutput)
  try {
    const command = await session.issue(
      {
        name: 'create process',
        path: commandLine,
        output_file: file.path,
        wait: true,
        ...(options.directory === undefined ? {} : { working_directory: options.directory }),
      },
      {
        ...work,
        what: shortLine(commandLine),
        // No other program has a temporary file of this name.
        ...(session.temporaries.has(file.path) ? { mark: file.path } : {}),
        onUpdate: ({ status }) => {
          started ||= status !== 'PENDING'
        },
        onEnd: ({ status }) => {
          started ||= status !== 'CANCELLED'
        },
      },
    )
    if (session.planning) throw new Planned()
    checkStarted(session, commandLine, command)
    const ended = outcomeOf(command)
    const shown = (await following?.end()) ?? 0
    return { ...ended, output: readOutput(session, file, ended, commandLine, work, shown) }
  } catch (error) {
    await following?.end()
    const failure = error instanceof InDoubt ? await endIfGivenUp(session, commandLine, error, work) : error
    if (file.temporary && !session.planning) {
      if (started || error instanceof InDoubt) await removeTemporary(session, file.path, work)
      else strikeTemporary(session, file.path)
    }
    throw failure
  }
}

/** Deals with a program whose outcome is in doubt: one that was given up is ended, or named if that fails. @returns the error to throw */
async function endIfGivenUp(
  session: RemoteSession,
  commandLine: string,
  error: InDoubt,
  { progress, signal }: TransferWork,
): Promise<CbcError> {
  const { doubt, reason } = error
  if (reason !== undefined && doubt.id !== undefined) {
    let name = shortLine(commandLine)
    // The step that was shown is over.
    progress.end()
    const over = progress.wait({ kind: 'command', what: () => `Ending ${name} on ${session.label}`, ending: () => name })
    const left = await endProgram(session, commandLine, doubt, signal, pid => {
      name = `${shortLine(commandLine)}, pid ${pid}`
    }).finally(over)
    if (left === undefined) return reason.code === 'timeout' ? reason.with(reason.message, { device_id: doubt.deviceId }) : reason
    session.ledger
      .note({
        kind: 'program',
        device_id: session.device.id,
        path: firstWord(commandLine) ?? '',
        ...(left.pid === undefined ? {} : { pid: left.pid }),
      })
      .release()
    session.notice(stillRuns(session, commandLine, left))
    // Where the program is known to run there is nothing to look up: its session, which it may block, is closed as usual.
    if (left.pid !== undefined) return error.with(error.message, { hint: remedyFor(session, left.pid) })
  }
  session.keepOpenForInspection(error)
  return error
}

function stillRuns({ label, device }: RemoteSession, commandLine: string, { pid, why }: { pid?: number; why: CbcError }): string {
  const which = pid === undefined ? 'its pid is not known' : `pid ${pid}`
  return leftoverNotice(
    new CbcError('remote', `${shortLine(commandLine)}, ${which}, may still run (${why.message})`),
    remedyFor({ device }, pid),
    ` on ${label}`,
  )
}

/** What to do about a program that may still run. */
function remedyFor({ device }: Pick<RemoteSession, 'device'>, pid: number | undefined): string {
  return pid === undefined ? `\`cbc lr ps ${device.id}\` shows it` : `\`cbc lr kill ${device.id} ${pid}\` ends it`
}

/** Does what `runProgram` does, and collects the output: for programs whose output is known to be short. */
export async function execute(session: RemoteSession, commandLine: string, options: ExecOptions, work: TransferWork): Promise<Executed> {
  const { output, ...ended } = await runProgram(session, commandLine, options, work)
  return { ...ended, output: await inMemory(output) }
}

/**
 * Starts a program without waiting for its end ("create process").
 * @returns its pid, and the return code in the endpoint's answer, which is not the program's exit code
 */
export async function launch(session: RemoteSession, commandLine: string, options: ExecOptions, work: Work): Promise<Outcome> {
  const command = await session
    .issue(
      {
        name: 'create process',
        path: commandLine,
        wait: false,
        ...(options.outputFile === undefined ? {} : { output_file: options.outputFile }),
        ...(options.directory === undefined ? {} : { working_directory: options.directory }),
      },
      { ...work, what: shortLine(commandLine) },
    )
    .catch((error: unknown) => {
      if (error instanceof InDoubt) session.keepOpenForInspection(error)
      throw error
    })
  if (session.planning) throw new Planned()
  checkStarted(session, commandLine, command)
  return outcomeOf(command)
}

function outcomeOf({ process_details: details }: Command): Outcome {
  return { process_pid: details?.pid ?? null, return_code: details?.return_code ?? null }
}

/**
 * "Use the process_details object's pid and return_code to find out if the process has successfully started."
 * @throws CbcError remote: it has not started
 */
function checkStarted(session: RemoteSession, commandLine: string, { process_details: details }: Command): void {
  if (details != null && (details.pid ?? 0) === 0 && (details.return_code ?? -1) !== 0) {
    throw new CbcError('remote', `${shortLine(commandLine)}: could not be started`, { device_id: session.device.id })
  }
}

function shortLine(line: string): string {
  return shortened(line, 59)
}

/** Streams the output after the bytes that were shown while the program ran. A program that printed nothing may leave no file. */
async function* readOutput(
  session: RemoteSession,
  { path, temporary }: OutputFile,
  ended: Outcome,
  commandLine: string,
  work: TransferWork,
  shown: number,
): AsyncIterable<Uint8Array> {
  // The last byte that was shown is fetched again, because a range can't be empty.
  let again = shown > 0 ? 1 : 0
  try {
    for await (const chunk of fetchBytes(session, path, again === 0 ? {} : { offset: shown - 1 }, work)) {
      yield chunk.subarray(again)
      again = 0
    }
  } catch (error) {
    if (!(error instanceof CommandError && error.code === 'not_found')) throw outputFailure(error, ended, commandLine, session)
  } finally {
    if (temporary) await removeTemporary(session, path, work)
  }
}

/** Returns the error for output that could not be fetched. It says that the program has run, so that nobody runs it again. */
function outputFailure(
  error: unknown,
  { process_pid: pid, return_code: code }: Outcome,
  commandLine: string,
  { device }: RemoteSession,
): unknown {
  if (!(error instanceof CbcError)) return error
  const ran = `it ran${pid === null ? '' : `, as pid ${pid}`}, and ended${code === null ? '' : ` with code ${code}`}`
  if (error.code === 'interrupted')
    return error.with(`${error.message}; ${shortLine(commandLine)}: ${ran}; its output was not fetched whole`)
  return new CbcError('unknown_outcome', `${shortLine(commandLine)}: ${ran}, but its output could not be fetched: ${error.message}`, {
    ...error.facts,
    hint: "don't run it again only for its output; next time, --output-file keeps that on the endpoint",
    device_id: device.id,
  })
}
