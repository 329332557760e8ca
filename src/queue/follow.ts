import type { Clock } from '../core/ports.ts'
import { CbcError } from '../core/errors.ts'
import type { RunLog } from '../runs/run-log.ts'
import type { RunEvent, RunStore } from '../runs/run-store.ts'
import type { Patience } from './patience.ts'

/** Events that are asked for together. */
const PAGE = 500
/** How often is asked for more, and, where devices are left, whether the run is over, milliseconds. */
const ASK_EVERY_MS = 200
const LOOK_EVERY_MS = 2000

/** How a run on a queue server ended. */
export interface Over {
  stopped: string | undefined
}

/** What a run's record on this machine is brought up to date with. */
export interface FollowOptions {
  store: RunStore
  log: RunLog
  patience: Patience
  clock: Clock
  signal: AbortSignal
}

/**
 * Records what happens on the queue server in the run's log on this machine, and yields what was recorded, until the run is over.
 * @returns how it ended
 * @throws CbcError not_found: the server doesn't know the run; io; network, where nobody waits for the server; the signal's reason
 */
export async function* follow(options: FollowOptions): AsyncGenerator<RunEvent, Over> {
  const { store, log, patience, clock, signal } = options
  let looked = -Infinity
  for (;;) {
    // Looked at first: whatever was recorded before a run is over is read then.
    const isTime = isLikelyOver(log) || clock.monotonic() - looked >= LOOK_EVERY_MS
    const over = isTime ? await look(options) : undefined
    if (isTime) looked = clock.monotonic()
    const last = log.sequence
    yield* fetchEvents(options)
    if (over !== undefined) return over
    if (log.sequence === last) await patience.insist(() => clock.sleep(ASK_EVERY_MS, signal), signal)
  }

  async function look({ log: { record } }: FollowOptions): Promise<Over | undefined> {
    const state = await patience.insist(() => store.read(record.run), signal)
    if (state === undefined) throw unknownThere(record.run)
    return state.isOver ? { stopped: state.stopped } : undefined
  }
}

/** Records what is there now. */
async function* fetchEvents({ store, log, patience, signal }: FollowOptions): AsyncGenerator<RunEvent> {
  for (;;) {
    const events = await patience.insist(() => store.events(log.record.run, log.sequence, PAGE), signal)
    for (const event of events) {
      await log.adopt({ ...event.entry, sequence: event.sequence }, event.line)
      yield event
    }
    if (events.length === 0) return
  }
}

/** Brings the run's log up to date once. @returns how it ended; undefined while it goes on @throws as `follow` */
export async function catchUp(options: FollowOptions): Promise<Over | undefined> {
  const { store, log, patience, signal } = options
  const state = await patience.insist(() => store.read(log.record.run), signal)
  if (state === undefined) throw unknownThere(log.record.run)
  for await (const _ of fetchEvents(options)) continue
  return state.isOver ? { stopped: state.stopped } : undefined
}

function isLikelyOver({ counts }: RunLog): boolean {
  return counts.running + counts.waiting + counts['not begun'] === 0
}

function unknownThere(run: string): CbcError {
  return new CbcError('not_found', `run ${run}: the queue server does not know it`, {
    hint: 'is it another server, or was the run deleted from another machine? `cbc run export` still has the lines that came',
  })
}
