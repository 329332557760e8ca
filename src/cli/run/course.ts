import { asCbcError, EXIT_CODES, type CbcError } from '../../core/errors.ts'
import { isJson } from '../../core/format.ts'
import { ClosedPipe, type Output } from '../../core/ports.ts'
import { renderingOf } from '../../engine/globals.ts'
import type { Outcome } from '../../runs/carry-out.ts'
import { lastLine } from '../../runs/counts.ts'
import type { Settled } from '../../runs/engine.ts'
import type { RunLog } from '../../runs/run-log.ts'
import { bufferOutput, flushingFirst } from '../../ui/buffered-output.ts'
import { errorDocument, errorLines } from '../../ui/errors.ts'
import { message } from '../../ui/message.ts'
import { clearing } from '../../ui/progress.ts'
import { counted } from './counted.ts'
import { deviceLines, type DeviceLines } from './device-lines.ts'
import type { Several } from './work.ts'
import { runStatus } from './status.ts'

/** How the devices of a run have their turn. */
export interface Course {
  /** How many have it. */
  devices: number
  /** What comes of them, as it is recorded. @param say shows a line about the run itself */
  outcomes(lineOf: (settled: Settled) => Promise<string>, say: (line: string) => Promise<void>): AsyncIterable<Outcome>
  /** Why nothing more was begun. */
  stopped(): string | undefined
  /** The failure where it was ended before all had their turn. */
  interruption(): CbcError | undefined
  /** Closes the run's record. @throws CbcError io */
  finish(): Promise<void>
}

/**
 * Shows a run while it goes on: the lines of its devices, how far it is, and in the end its sums.
 * @returns exit code
 */
export async function showCourse({ verb, globals, host, runtime: { progress } }: Several, log: RunLog, course: Course): Promise<number> {
  const { run } = log.record
  // Lines that go to a file don't disturb the status line.
  const stdout = bufferOutput(host.stdout.isTerminal ? clearing(host.stdout, progress) : host.stdout)
  const stderr = flushingFirst(stdout, clearing(host.stderr, progress))
  const quiet = globals.quiet === true
  const say = async (line: string) => {
    if (!quiet) await stderr.write(message(`cbc: ${line}`, stderr))
  }
  const isRecorded = log.folder !== undefined
  if (isRecorded) await say(`run ${run}: ${verb.name} on ${counted(course.devices)}`)
  const endStatus = runStatus({ what: verb.name, stderr, progress, clock: host.clock, quiet, counts: () => log.counts })
  const lines = deviceLines({ ...renderingOf(globals, host.clock), stdout, stderr }, verb)
  let failure: unknown
  try {
    await writeAll(
      course.outcomes(settled => lines.lineOf(settled), say),
      lines,
    )
    await stdout.flush()
  } catch (error) {
    failure = error
  } finally {
    endStatus()
  }
  await course.finish().catch((error: unknown) => {
    failure ??= error
  })
  const stopped = course.stopped()
  if (stopped !== undefined) await say(`stopped: ${stopped}; nothing more was begun`)
  const interruption = course.interruption()
  await tellFailure(interruption ?? failure, failure, isJson(globals.output), stderr)
  await stderr.write(`${lastLine(log.counts, isRecorded ? run : undefined)}\n`)
  return exitCode(log, failure, interruption)
}

async function writeAll(outcomes: AsyncIterable<Outcome>, lines: DeviceLines): Promise<void> {
  try {
    for await (const { settled, line } of outcomes) {
      if (line !== undefined) await lines.write(settled, line)
    }
  } finally {
    await lines.end()
  }
}

async function tellFailure(told: unknown, failure: unknown, json: boolean, stderr: Output): Promise<void> {
  if (failure instanceof ClosedPipe || told === undefined) return
  const error = asCbcError(told)
  await stderr.write(json ? errorDocument(error) : await errorLines(error, stderr))
}

function exitCode({ counts }: RunLog, failure: unknown, interruption: CbcError | undefined): number {
  if (failure instanceof ClosedPipe) return 0
  if (interruption !== undefined) return EXIT_CODES[interruption.code]
  if (failure !== undefined) return EXIT_CODES[asCbcError(failure).code]
  return counts.done === counts.all ? 0 : EXIT_CODES.partial
}
