import type { FileStore } from '../core/file-store.ts'
import { SILENT } from '../core/ports.ts'
import { recordUnreached, type RuntimeContext, type Target } from '../engine/remote-job.ts'
import { attempt, type Job } from './attempt.ts'
import { Embedded } from './embedded.ts'
import type { Settled } from './engine.ts'
import type { Gate } from './gate.ts'
import { Inventory } from './inventory.ts'
import { Places, type ByteLimits } from './places.ts'
import type { RunLog } from './run-log.ts'
import { SessionBudget } from './session-budget.ts'

export interface CarryOut {
  job: Job
  log: RunLog
  /** The devices that have their turn. */
  devices: readonly Target[]
  runtime: RuntimeContext
  gate: Gate
  parallel: number
  /** How long devices that are offline are waited for, milliseconds. */
  wait: number
  limits: ByteLimits
  /** Where files go in place of this machine. */
  store: FileStore | undefined
  /** Returns a device's line, which is recorded with the run. */
  lineOf(settled: Settled): Promise<string>
  signal: AbortSignal
}

/** What came of a device, and its line; none where its work was ended before it came to anything. */
export interface Outcome {
  settled: Settled
  line: string | undefined
}

/**
 * Runs a verb on many devices, from this process alone.
 * @throws CbcError io: what happens can't be recorded any more
 */
export async function* carryOut(options: CarryOut): AsyncGenerator<Outcome> {
  const { job, log, devices, runtime, gate, parallel, wait, limits, store, lineOf, signal } = options
  const { connection, clock } = runtime
  const lines = new Map<number, string>()
  const places = new Places({
    local: runtime.local,
    brings: job.verb.brings,
    limits,
    devices: log.record.devices,
    full: () => gate.stop('--max-bytes is reached'),
    store: store && { files: store, run: log.record.run },
  })
  const inventory = new Inventory(connection.devices, clock)
  const budget = new SessionBudget({ clock, list: stop => connection.liveResponse.listSessions({ signal: stop }) })
  const stopListening = connection.onRefusal(() => budget.refused())
  const quiet = { ...runtime, progress: SILENT, run: log.record.run }
  // What is noted here only helps to say more later: a failure to write it shows when the end is recorded.
  const remark = (device: Target, state: 'waiting' | 'running') => void log.note({ device_id: device.id, state }).catch(() => {})
  const tried = new Set<number>()
  const engine = new Embedded({
    parallel,
    wait,
    clock,
    budget,
    inventory,
    gate,
    broken: () => log.broken,
    waiting: device => remark(device, 'waiting'),
    async attempt(device, leaveSlot, stop) {
      remark(device, 'running')
      tried.add(device.id)
      const place = places.of(device, stop)
      return await attempt({
        job,
        runtime: quiet,
        device,
        place,
        intent: change => log.note({ device_id: device.id, state: 'running', change }),
        absence: () => inventory.absence(device),
        sessions: stopped => budget.sessions(stopped),
        leaveSlot,
        signal: stop,
      })
    },
    async record(settled) {
      const { device, error } = settled
      // Of a device that had no turn because it is offline, nothing else tells the case.
      if (error !== undefined && !tried.has(device.id)) await recordUnreached(device, quiet, error)
      const line = settled.state === 'not begun' ? undefined : await lineOf(settled)
      if (line !== undefined) lines.set(settled.device.id, line)
      await log.settle(settled, line)
    },
  })
  try {
    for await (const settled of engine.settle(devices, signal)) {
      const line = lines.get(settled.device.id)
      lines.delete(settled.device.id)
      yield { settled, line }
    }
  } finally {
    stopListening()
  }
}
