import { basename, dirname, join } from 'node:path'
import { linked } from '../../core/abort.ts'
import { asCbcError, CbcError, EXIT_CODES } from '../../core/errors.ts'
import type { FileStore } from '../../core/file-store.ts'
import type { Host } from '../../core/host.ts'
import { isJson } from '../../core/format.ts'
import { ClosedPipe, type Output } from '../../core/ports.ts'
import type { Question } from '../../core/question.ts'
import { renderingOf, type Globals } from '../../engine/globals.ts'
import { ask, type Policy } from '../../engine/invoke.ts'
import type { RuntimeContext, Target } from '../../engine/remote-job.ts'
import { carryOut } from '../../runs/carry-out.ts'
import { lastLine } from '../../runs/counts.ts'
import { Gate } from '../../runs/gate.ts'
import { CANCEL, newName, now, type RunRecord } from '../../runs/record.ts'
import { beginRun, commandOf, resumeRun, unrecorded, type RunLog } from '../../runs/run-log.ts'
import { isInShard, isLeft, type Retry } from '../../runs/select.ts'
import { bufferOutput, flushingFirst } from '../../ui/buffered-output.ts'
import { errorDocument, errorLines } from '../../ui/errors.ts'
import { escapeLine } from '../../ui/escape.ts'
import { clearing } from '../../ui/progress.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import { deviceLines, type DeviceLines } from './device-lines.ts'
import type { RunOptions } from './options.ts'
import { runStatus } from './status.ts'
import { withStore } from './store.ts'

/** How many devices work at a time where nothing was said. */
const PARALLEL = 32
/** How many devices a question names. */
const MAX_NAMED = 10

/** A verb and the devices that it runs on. */
export interface Several {
  verb: AnyVerb
  input: Record<string, unknown>
  /** Leave the sessions open. */
  keep: boolean
  options: RunOptions
  globals: Globals
  host: Host
  runtime: RuntimeContext & { policy: Policy }
}

/**
 * Runs a verb on several devices as a new run, or goes on with one (`--resume`).
 * @param selector what chose the devices, as it was typed
 * @param words what was typed after `cbc`
 * @returns exit code
 */
export async function runOnSeveral(work: Several, found: readonly Target[], selector: string, words: readonly string[]): Promise<number> {
  const { verb, input, options, globals, host, runtime } = work
  const { shard, resume, again } = options
  const devices = shard === undefined ? found : found.filter(device => isInShard(device, shard))
  if (verb.effect === 'destroy' && !runtime.policy.yes && globals.dryRun !== true && devices.length > 0)
    await ask(verb, questionOf(verb, words, devices, selector), runtime.policy, host.interrupt)
  const { clock, random } = host
  const record: RunRecord = {
    run: newName(verb.name, clock, random),
    verb: verb.name,
    words,
    directory: await host.local.directory('.'),
    place: runtime.connection.place,
    profile: runtime.connection.name,
    who: '',
    begun: now(clock),
    devices,
  }
  if (globals.dryRun) return await carryOn(work, unrecorded(record, clock), devices)
  const folders = await host.runFolders()
  const command = commandOf(verb.name, input)
  const named = { ...record, who: folders.who() }
  return await withStore(options.store, { host, globals, progress: runtime.progress }, async store => {
    const log =
      resume === undefined
        ? await beginRun(folders, named, command, clock)
        : await resumeRun(folders, { ...named, journal: await absolute(resume, host) }, command, clock)
    return await carryOn(work, log, left(log, undefined, again === 'unknown'), store)
  })
}

/** Returns the devices of a run that have their turn. */
export function left(log: RunLog, only?: Retry, again = false): Target[] {
  return log.record.devices.filter(({ id }) => {
    const record = log.states.get(id)
    return record === undefined || isLeft(record, only, again)
  })
}

/**
 * Works on devices of a run until all are done, or nothing more may be begun.
 * @param store where files go in place of this machine
 * @returns exit code
 */
export async function carryOn(work: Several, log: RunLog, devices: readonly Target[], store?: FileStore): Promise<number> {
  const { verb, input, keep, options, globals, host, runtime } = work
  const { progress } = runtime
  const { run } = log.record
  // Lines that go to a file don't disturb the status line.
  const stdout = bufferOutput(host.stdout.isTerminal ? clearing(host.stdout, progress) : host.stdout)
  const stderr = flushingFirst(stdout, clearing(host.stderr, progress))
  const quiet = globals.quiet === true
  const isRecorded = log.folder !== undefined
  if (!quiet && isRecorded) await stderr.write(`cbc: run ${run}: ${escapeLine(verb.name)} on ${counted(devices.length)}\n`)
  const gate = new Gate({ canary: options.canary, maxFailures: options.maxFailures, all: log.record.devices.length })
  const cancelled = listenForCancel(log, host.interrupt)
  const endStatus = runStatus({ what: verb.name, stderr, progress, clock: host.clock, quiet, counts: () => log.counts })
  const rendering = { ...renderingOf(globals, host.clock), stdout, stderr }
  const lines = deviceLines(rendering, verb)
  let failure: unknown
  try {
    const outcomes = carryOut({
      job: { verb, input, globals, policy: { ...runtime.policy, yes: true }, keep },
      log,
      devices,
      runtime,
      gate,
      parallel: options.parallel ?? PARALLEL,
      wait: options.wait ?? 0,
      limits: { all: options.maxBytes, each: options.maxBytesPerDevice },
      store,
      lineOf: settled => lines.lineOf(settled),
      signal: cancelled.signal,
    })
    await writeAll(outcomes, lines, () => void host.boundMemory())
    await stdout.flush()
  } catch (error) {
    failure = error
  } finally {
    endStatus()
    cancelled.stop()
  }
  // A run that was interrupted is only left: somebody may go on with it.
  const stopped = host.interrupt.aborted ? undefined : cancelled.signal.aborted ? 'cancelled' : gate.stopped
  await log.finish(stopped).catch((error: unknown) => {
    failure ??= error
  })
  await tellEnd({ failure, stopped: gate.stopped, quiet, json: isJson(globals.output) }, cancelled.signal.aborted, stderr)
  await stderr.write(`${lastLine(log.counts, isRecorded ? run : undefined)}\n`)
  return exitCode(log, failure, cancelled.signal.aborted)
}

async function writeAll(outcomes: ReturnType<typeof carryOut>, lines: DeviceLines, onEach: () => void): Promise<void> {
  try {
    for await (const { settled, line } of outcomes) {
      if (line !== undefined) await lines.write(settled, line)
      onEach()
    }
  } finally {
    await lines.end()
  }
}

/** Says what ended a run before all devices were done. */
async function tellEnd(
  { failure, stopped, quiet, json }: { failure: unknown; stopped: string | undefined; quiet: boolean; json: boolean },
  interrupted: boolean,
  stderr: Output,
): Promise<void> {
  if (stopped !== undefined && !quiet) await stderr.write(`cbc: stopped: ${escapeLine(stopped)}; nothing more was begun\n`)
  if (failure instanceof ClosedPipe) return
  const error = interrupted ? new CbcError('interrupted', 'interrupted') : failure === undefined ? undefined : asCbcError(failure)
  if (error === undefined) return
  await stderr.write(json ? errorDocument(error) : await errorLines(error, stderr))
}

function exitCode({ counts }: RunLog, failure: unknown, interrupted: boolean): number {
  if (failure instanceof ClosedPipe) return 0
  if (interrupted) return EXIT_CODES.interrupted
  if (failure !== undefined) return EXIT_CODES[asCbcError(failure).code]
  return counts.done === counts.all ? 0 : EXIT_CODES.partial
}

/** Ends the work on Ctrl-C, and when another process asks for it (`run cancel`). */
function listenForCancel({ folder }: RunLog, interrupt: AbortSignal): { signal: AbortSignal; stop(): void } {
  const link = linked(interrupt)
  const look = async () => {
    const asked = (await folder?.read(CANCEL).catch(() => undefined)) ?? ''
    if (asked !== '') link.abort(new CbcError('interrupted', 'cancelled with `cbc run cancel`'))
  }
  const stop = folder?.watch(() => void look(), CANCEL)
  return {
    signal: link.signal,
    stop() {
      stop?.()
      link.clear()
    },
  }
}

function questionOf({ name, plan }: AnyVerb, words: readonly string[], devices: readonly Target[], selector: string): Question {
  const line = words.filter(word => word !== selector && word !== 'lr').join(' ')
  const later = plan === undefined ? '' : ', where each device looks up for itself what fits'
  return {
    what: `${line === '' ? name : line} on ${counted(devices.length)} chosen by ${selector}${later}`,
    to: devices.map(({ id, name: called = 'device' }) => `${called} (${id})`),
    most: MAX_NAMED,
  }
}

function counted(count: number): string {
  return `${count} device${count === 1 ? '' : 's'}`
}

/** Returns the absolute path of a local file that need not exist. @throws CbcError io: its folder doesn't */
async function absolute(path: string, { local }: Pick<Host, 'local'>): Promise<string> {
  return join(await local.directory(dirname(path)), basename(path))
}
