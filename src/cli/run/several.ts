import { basename, dirname, join } from 'node:path'
import { linked } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import type { FileStore } from '../../core/file-store.ts'
import type { Host } from '../../core/host.ts'
import type { Question } from '../../core/question.ts'
import { ask } from '../../engine/invoke.ts'
import type { Target } from '../../engine/remote-job.ts'
import { carryOut } from '../../runs/carry-out.ts'
import { Gate } from '../../runs/gate.ts'
import { CANCEL, CANCELLED, newName, now, type RunRecord } from '../../runs/record.ts'
import { beginRun, commandOf, resumeRun, unrecorded, type RunLog } from '../../runs/run-log.ts'
import { isInShard, isLeft, type Retry } from '../../runs/select.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import { counted } from './counted.ts'
import { showCourse } from './course.ts'
import { checkQueueable, chosenQueue, withoutQueue } from './queue.ts'
import { withStore } from './store.ts'
import type { Several } from './work.ts'

/** How many devices work at a time where nothing was said. */
const PARALLEL = 32
/** How many devices a question names. */
const MAX_NAMED = 10

/**
 * Runs a verb on several devices as a new run, or goes on with one (`--resume`).
 * @param selector what chose the devices, as it was typed
 * @param words what was typed after `cbc`
 * @returns exit code
 */
export async function runOnSeveral(work: Several, found: readonly Target[], selector: string, words: readonly string[]): Promise<number> {
  const { verb, input, options, globals, host, runtime } = work
  const { shard, resume, again } = options
  const queue = globals.dryRun === true ? undefined : chosenQueue(options.queue, runtime)
  if (queue !== undefined) checkQueueable(verb, input, options)
  const devices = shard === undefined ? found : found.filter(device => isInShard(device, shard))
  if (verb.effect === 'destroy' && !runtime.policy.yes && globals.dryRun !== true && devices.length > 0)
    await ask(verb, questionOf(verb, withoutQueue(words, options.queue), devices, selector), runtime.policy, host.interrupt)
  const { clock, random } = host
  const record: RunRecord = {
    run: newName(verb.name, clock, random),
    verb: verb.name,
    words: withoutQueue(words, options.queue),
    directory: await host.local.directory('.'),
    place: runtime.connection.place,
    profile: runtime.connection.name,
    who: '',
    begun: now(clock),
    devices,
  }
  if (globals.dryRun) return await carryOn(work, unrecorded(record, clock), devices)
  const folders = await host.runFolders(runtime.case?.path)
  const command = commandOf(verb.name, input)
  const named = { ...record, who: folders.who() }
  if (queue !== undefined) {
    const { carryOnOverQueue, shownQueue } = await import('./over-queue.ts')
    const log = await beginRun(folders, { ...named, queue: shownQueue(queue) }, command, clock)
    return await carryOnOverQueue(work, log, { url: queue, devices })
  }
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
  const gate = new Gate({ canary: options.canary, maxFailures: options.maxFailures, all: log.record.devices.length })
  const cancelled = listenForCancel(log, host.interrupt)
  return await showCourse(work, log, {
    devices: devices.length,
    outcomes: lineOf =>
      carryOut({
        job: { verb, input, globals, policy: { ...runtime.policy, yes: true }, keep },
        log,
        devices,
        runtime,
        gate,
        parallel: options.parallel ?? PARALLEL,
        wait: options.wait ?? 0,
        limits: { all: options.maxBytes, each: options.maxBytesPerDevice },
        store,
        lineOf,
        signal: cancelled.signal,
      }),
    stopped: () => gate.stopped,
    interruption: () => (cancelled.signal.aborted ? new CbcError('interrupted', 'interrupted') : undefined),
    async finish() {
      cancelled.stop()
      // A run that was interrupted is only left: somebody may go on with it.
      await log.finish(host.interrupt.aborted ? undefined : cancelled.signal.aborted ? CANCELLED : gate.stopped)
    },
  })
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

/** Returns the absolute path of a local file that need not exist. @throws CbcError io: its folder doesn't */
async function absolute(path: string, { local }: Pick<Host, 'local'>): Promise<string> {
  return join(await local.directory(dirname(path)), basename(path))
}
