import { linked } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import type { Target } from '../../engine/remote-job.ts'
import { follow } from '../../queue/follow.ts'
import { Patience } from '../../queue/patience.ts'
import { openQueueServer, type QueueServer } from '../../queue/queue-server.ts'
import { serverUrl } from '../../queue/server-url.ts'
import type { Turn } from '../../queue/turn.ts'
import type { Outcome } from '../../runs/carry-out.ts'
import { failureLimit } from '../../runs/gate.ts'
import { CANCELLED, type RunRecord } from '../../runs/record.ts'
import type { RunLog } from '../../runs/run-log.ts'
import type { SharedRun } from '../../runs/run-store.ts'
import { showCourse } from './course.ts'
import { recordHandedOver, recordRemote } from './record-remote.ts'
import type { RunOptions } from './run-options.ts'
import { settledOf } from './settled-line.ts'
import type { Several } from './work.ts'

/** How often devices that are left are given their turn again, where it was lost, milliseconds; the first time sooner. */
const RENEW_EVERY_MS = 60_000
const RENEW_FIRST_MS = 5000
/** How long it may take until a worker has begun something, milliseconds. */
const NO_WORKER_MS = 5000

export interface OverQueue {
  url: Secret
  /** What has its turn. */
  devices: readonly Target[]
  /** Gives devices that were at their end their turn again. */
  again?: boolean
}

/** A queue server as it may be shown. */
export function shownQueue(url: Secret): string {
  return serverUrl(url).shown
}

/** What the queue server gets of a run: nothing of this machine. */
export function sharedRun({ journal: _, queue: __, ...record }: RunRecord, { canary, maxFailures }: RunOptions): SharedRun {
  return {
    record: { ...record, directory: '' },
    ...(canary === undefined ? {} : { canary }),
    ...(maxFailures === undefined ? {} : { maxFailures: failureLimit(maxFailures, record.devices.length) }),
  }
}

/**
 * Hands devices of a run to the workers of a queue server, and shows what comes of them. Ctrl-C leaves the run going.
 * @returns exit code
 */
export async function carryOnOverQueue(work: Several, log: RunLog, { url, devices, again = false }: OverQueue): Promise<number> {
  const { host, options, runtime } = work
  const { clock, random, interrupt } = host
  const { run } = log.record
  const end = linked(interrupt)
  let over: { stopped: string | undefined } | undefined
  const seed = random.uuid()
  const waitUntil = options.wait === undefined ? {} : { wait_until: clock.now() + options.wait }
  const turnsOf = (ids: Iterable<number>): Turn[] => [...ids].map(id => ({ run, device_id: id, seed, ...waitUntil }))
  const left = () => devices.filter(({ id }) => !isOver(log, id)).map(({ id }) => id)

  async function* outcomes(_: unknown, say: (line: string) => Promise<void>): AsyncGenerator<Outcome> {
    const patience = Patience.inWords(clock, line => say(line).catch(() => {}))
    const { signal } = end
    const server = await patience.insist(() => openQueueServer(url, runtime.connection.place, clock), signal)
    try {
      const { store, turns } = server
      await recordHandedOver(work, run, devices.length)
      if (!again) await patience.insist(() => store.create(sharedRun(log.record, options)), signal)
      else
        await patience.insist(
          () =>
            store.again(
              run,
              devices.map(({ id }) => id),
            ),
          signal,
        )
      await patience.insist(() => turns.add(turnsOf(devices.map(({ id }) => id))), signal)
      void renew(server, signal).catch(() => {})
      void tellWithoutWorkers(server, say, signal).catch(() => {})
      const events = follow({ store, log, patience, clock, signal })
      for (;;) {
        const { value, done } = await events.next()
        if (done === true) {
          over = value
          return
        }
        if (value.line === undefined) continue
        const settled = settledOf(value.entry, value.line, log.record)
        await recordRemote(work, run, settled, value.entry.worker)
        yield { settled, line: value.line }
      }
    } finally {
      end.abort(new CbcError('interrupted', 'left'))
      await server.close()
    }
  }

  /** A turn that was lost, with what the server had not written to its disk, or with a device that was just ending, is given again. */
  async function renew({ turns }: QueueServer, signal: AbortSignal): Promise<void> {
    for (let ms = RENEW_FIRST_MS; ; ms = RENEW_EVERY_MS) {
      await clock.sleep(ms, signal)
      await turns.add(turnsOf(left())).catch(() => {})
    }
  }

  async function tellWithoutWorkers({ turns }: QueueServer, say: (line: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    await clock.sleep(NO_WORKER_MS, signal)
    if (log.sequence === 0 && (await turns.workers()) === 0)
      await say(`no worker is there yet: \`cbc worker\` on any machine with ${log.record.queue ?? 'this queue'} begins`)
  }

  return await showCourse(work, log, {
    devices: devices.length,
    outcomes,
    stopped: () => (over?.stopped === CANCELLED ? undefined : over?.stopped),
    interruption() {
      if (over?.stopped === CANCELLED) return new CbcError('interrupted', 'cancelled with `cbc run cancel`')
      return interrupt.aborted && over === undefined
        ? new CbcError('interrupted', `left; run ${run} goes on at the queue server`, {
            hint: `\`cbc run wait ${run}\` waits for it, \`cbc run show ${run} --watch\` shows it, \`cbc run cancel ${run}\` ends it`,
          })
        : undefined
    },
    async finish() {
      end.clear()
      await (over === undefined ? log.leave() : log.finish(over.stopped))
    },
  })
}

function isOver({ states }: RunLog, id: number): boolean {
  const state = states.get(id)?.state
  return state === 'done' || state === 'failed' || state === 'offline' || state === 'unknown'
}
