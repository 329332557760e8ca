import type { LiveResponse, Session } from '../api/live-response.ts'
import { withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import type { Clock, Progress } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import { Pace } from './pace.ts'

/** The endpoint that a session is with. */
export interface Target {
  id: number
  /** Unknown where only an id was given. */
  name?: string
}

export interface OpenOptions {
  api: LiveResponse
  device: Target
  clock: Clock
  progress: Progress
  signal: AbortSignal
  /** Milliseconds that the endpoint has to take the session up. */
  patience: number
}

/** Milliseconds that a clean-up may take when the work itself has been given up. */
const CLEANUP = 5000

export function label(device: Target): string {
  return device.name ?? `device ${device.id}`
}

/**
 * Joins the device's open session, or starts one, and waits until it is ACTIVE ("Start Session").
 * @returns the session, and whether it was started here: who didn't start it must not close it
 * @throws CbcError not_found: no such device; auth: Live Response is not enabled; timeout: the endpoint did not take it up
 */
export async function openSession(options: OpenOptions): Promise<{ session: Session, started: boolean }> {
  const { api, device, clock, progress, signal, patience } = options
  const offline = `${label(device)}: no session within ${formatDuration(patience)}; the endpoint may be offline`
  const deadline = withDeadline(clock, patience, offline, signal)
  let begun: Session | undefined
  progress.step(`Connecting to ${label(device)}`)
  try {
    const open = await findOpen(api, device.id, deadline.signal)
    begun = open ?? await api.startSession(device.id, { signal: deadline.signal }).catch((error: unknown) => { throw named(error, device) })
    const { id } = begun
    const session = begun.status === 'ACTIVE' ? begun : await new Pace(clock).until(
      () => api.getSession(id, { signal: deadline.signal }),
      ({ status }) => status !== 'PENDING',
      deadline.signal,
    ).catch((error: unknown) => {
      throw error instanceof CbcError && error.code === 'not_found' ? new CbcError('timeout', offline, { device_id: device.id, http_status: 404 }) : error
    })
    if (session.status !== 'ACTIVE') throw new CbcError('timeout', `${label(device)}: the session ended as ${session.status} before it was established`, { device_id: device.id })
    return { session, started: open === undefined }
  } catch (error) {
    if (begun !== undefined) await closeQuietly(api, begun.id, clock)
    throw error instanceof CbcError && error.code === 'timeout' ? error.with(error.message, { device_id: device.id, hint: 'check `cbc lr info`, or wait longer with --timeout 10m' }) : error
  } finally {
    deadline.clear()
    progress.end()
  }
}

/** Closes a session whose end nobody waits for; a failure is left to the service's own idle timeout. */
export async function closeQuietly(api: LiveResponse, id: string, clock: Clock): Promise<void> {
  const deadline = withDeadline(clock, CLEANUP, 'close session')
  try {
    await api.closeSession(id, { signal: deadline.signal })
  } catch {
    // It expires by itself after its idle time.
  } finally {
    deadline.clear()
  }
}

/** The device's session if it has one already; a key that may not list sessions can still start one. */
async function findOpen(api: LiveResponse, deviceId: number, signal: AbortSignal): Promise<Session | undefined> {
  try {
    const sessions = await api.listSessions({ signal })
    return sessions.find(session => session.device_id === deviceId && (session.status === 'ACTIVE' || session.status === 'PENDING'))
  } catch (error) {
    if (error instanceof CbcError && error.facts.http_status === 403) return undefined
    throw error
  }
}

function named(error: unknown, device: Target): unknown {
  if (!(error instanceof CbcError)) return error
  const facts = { device_id: device.id }
  if (error.code === 'not_found') return error.with(`${label(device)}: no such device`, { ...facts, hint: 'give its name or id as the console shows them' })
  return error.with(`${label(device)}: ${error.message}`, facts)
}
