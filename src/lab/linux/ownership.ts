import type { Document } from '../endpoint.ts'
import type { Identity, Processes } from './processes.ts'
import { type LinuxState, type Started, MARKER } from './state.ts'

/** From this many remembered processes on, those that have ended are looked for and forgotten. */
const FORGET_FROM = 32

/**
 * Returns the remembered process that `process` is or descends from. It is the same (pid and start), in the group that the remembered one
 * still leads, or carries its marker. Undefined when none of these can be shown.
 */
export async function startedBy(records: readonly Started[], process: Identity, processes: Processes): Promise<Started | undefined> {
  const leader = process.group === process.pid ? process : await processes.identify(process.group)
  const led = records.find(({ pid, started }) => pid === process.group && started === leader?.started)
  if (led !== undefined) return led
  const marker = await processes.variable(process.pid, MARKER)
  return records.find(record => record.marker === marker || (record.pid === process.pid && record.started === process.started))
}

/** Remembers a started process. */
export async function remember(document: Document<LinuxState>, processes: Processes, started: Started): Promise<void> {
  const known = await document.read(state => state.processes.map(record => ({ ...record })))
  const gone = new Set(known.length < FORGET_FROM ? [] : await markersOfEnded(known, processes))
  await document.update(state => {
    state.processes = [...state.processes.filter(record => !gone.has(record.marker)), started]
  })
}

/** Returns the markers of remembered processes that have ended with all their descendants. */
async function markersOfEnded(records: Started[], processes: Processes): Promise<string[]> {
  const running = await processes.list()
  const alive = new Set(
    await Promise.all(
      running.map(async ({ process_pid: pid }) => {
        const identity = await processes.identify(pid)
        return identity && (await startedBy(records, identity, processes))?.marker
      }),
    ),
  )
  return records.filter(({ marker }) => !alive.has(marker)).map(({ marker }) => marker)
}
