import { LostAnswer, unsettled, type LiveResponse, type Session } from '../api/live-response.ts'
import { linked, withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type Ledger, type Noted } from '../core/ledger.ts'
import type { Clock, Progress } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import { leftBehind, lingering, quietly } from './cleanup.ts'
import { Poll } from './poll.ts'

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
  ledger?: Ledger
  /** Told in one line what stays behind. */
  notice?: (line: string) => void
  /** Says of a device that lets wait for itself why that may be: when it was last heard of; undefined: it should be there. */
  absence?: (signal: AbortSignal) => Promise<string | undefined>
}

/** A session that can be worked with. */
export interface Opened {
  session: Session
  /** Started here: who didn't start it must not close it. */
  started: boolean
  /** Its line in the ledger. */
  noted: Noted
}

/** The documented limit. */
const MAX_SESSIONS_PER_ORGANIZATION = 100

/** Milliseconds in which a device that is there takes a session up. */
const USUAL_ESTABLISH_MS = 500

/** Milliseconds that closing may take when the work itself has been given up. */
const CLOSE_TIMEOUT_MS = 5000

export function label(device: Target): string {
  return device.name ?? `device ${device.id}`
}

/**
 * Joins the device's open session, or starts one, and waits until it is ACTIVE ("Start Session"). What was started here is closed again
 * when that fails.
 * @throws CbcError not_found: no such device; auth: Live Response is not enabled; timeout: the endpoint did not take it up
 */
export async function openSession(options: OpenOptions): Promise<Opened> {
  const { device, clock, progress, patience } = options
  const offline = `${label(device)}: no session within ${formatDuration(patience)}; the endpoint may be offline`
  const deadline = withDeadline(clock, patience, offline, options.signal)
  const { signal } = deadline
  let begun: Begun | undefined
  let more: string | undefined
  progress.step(`Connecting to ${label(device)}`)
  const over = progress.wait({
    kind: 'command',
    what: () => `Connecting to ${label(device)}`,
    more: () => more,
    ending: () => `the session with ${label(device)}`,
  })
  try {
    begun = await begin(options, signal)
    const { session, started, noted } = begun
    if (session.status === 'PENDING') more = 'PENDING'
    const absent = whenAbsent(options, session, signal, why => {
      more = why
    })
    return { session: await established(session, options, offline, signal).finally(absent), started, noted }
  } catch (error) {
    // Before what was started is closed: its own place must not be counted.
    const late =
      error instanceof CbcError && error.code === 'timeout' && !options.signal.aborted ? await overdue(error, begun, options) : error
    if (begun !== undefined) await abandon(begun, options)
    throw late
  } finally {
    deadline.clear()
    over()
    progress.end()
  }
}

/**
 * Tells of a device that doesn't take up a session why that may be, as soon as that is known.
 * @param show is given it in a few words
 * @returns what ends the looking
 */
function whenAbsent(
  { absence, clock, device, patience, notice }: OpenOptions,
  { status }: Session,
  signal: AbortSignal,
  show: (why: string) => void,
): () => void {
  if (absence === undefined || status !== 'PENDING') return () => {}
  const looking = linked(signal)
  const look = async () => {
    await clock.sleep(USUAL_ESTABLISH_MS, looking.signal)
    const why = await absence(looking.signal)
    if (why === undefined || looking.signal.aborted) return
    show(why)
    notice?.(`${label(device)} is offline, ${why}: waiting ${formatDuration(patience)} for it; --timeout 10m waits longer`)
  }
  // Knowing it is a help: whoever may not read the inventory waits without it.
  look().catch(() => {})
  return () => looking.abort(undefined)
}

/**
 * Closes a session whose end nobody waits for; where that fails it is told, and expires by itself after its idle time.
 * @param work the signal of the work that is over: after its deadline there is less time
 * @returns whether it is gone
 */
export async function closeQuietly(
  id: string,
  { api, clock, notice }: Pick<OpenOptions, 'api' | 'clock' | 'notice'>,
  work?: AbortSignal,
): Promise<boolean> {
  const what = `session ${id}`
  const why = await quietly(clock, CLOSE_TIMEOUT_MS, what, signal => api.closeSession(id, { signal, what }), work)
  if (why !== undefined) notice?.(leftBehind(why, '`cbc lr gc` closes it, or its idle time does'))
  return why === undefined
}

/**
 * "Close Session". Where its answers are lost, the session tells whether it is there still.
 * @throws CbcError not_found; network; unknown_outcome
 */
export async function closeForSure(api: LiveResponse, id: string, signal: AbortSignal): Promise<void> {
  try {
    await api.closeSession(id, { signal })
  } catch (error) {
    if (!(error instanceof LostAnswer)) throw error
    const there = await api.getSession(id, { signal }).then(isOpen, (reason: unknown) => {
      if (signal.aborted) throw unsettled(error, signal)
      if (reason instanceof CbcError && reason.code === 'not_found') return false
      throw error.with(error.message, { hint: '`cbc lr session list` tells' })
    })
    if (there) throw error.unmade
  }
}

/**
 * Why a session was not established in time: beyond as many as an organization can have, a request is kept for a minute and then dropped,
 * in silence.
 */
async function overdue(error: CbcError, begun: Begun | undefined, { api, device, clock }: OpenOptions): Promise<CbcError> {
  const others: Session[] = []
  await quietly(clock, CLOSE_TIMEOUT_MS, 'list sessions', async signal => {
    for (const session of await api.listSessions({ signal })) if (isOpen(session) && session.id !== begun?.session.id) others.push(session)
  })
  if (others.length >= MAX_SESSIONS_PER_ORGANIZATION)
    return full(error, device, others.length, '; a request beyond that is dropped after a minute')
  return error.with(error.message, {
    device_id: device.id,
    hint: 'wait longer with --timeout 10m; `cbc device get` says when it was last heard of',
  })
}

/** A session that may still be PENDING. */
type Begun = Opened

/**
 * Joins or starts. That it is about to is noted before it looks for an open session, so that no other run of this program closes that one
 * in between.
 */
async function begin(options: OpenOptions, signal: AbortSignal): Promise<Begun> {
  const { api, device, ledger = NO_LEDGER } = options
  const noted = ledger.note({ kind: 'session', device_id: device.id })
  try {
    const open = await findOpen(api, device.id, signal)
    if (open !== undefined) {
      noted.know({ session_id: open.id, joined: true })
      return { session: open, started: false, noted }
    }
    signal.throwIfAborted()
  } catch (error) {
    noted.strike()
    throw error
  }
  try {
    const session = await startSession(options, signal)
    // The service answers with the device's session where it has one meanwhile: what has seen commands is somebody else's.
    const started = !(Number(session.current_command_index) > 0)
    noted.know({ session_id: session.id, joined: !started })
    return { session, started, noted }
  } catch (error) {
    // Refused: there is none. Where no answer came there may be one, that nobody knows the id of.
    if (isRefusal(error)) noted.strike()
    else await closeUnused(noted, options)
    throw error
  }
}

/**
 * Closes a session that may have been started without an answer, as far as it is listed and nobody has used it. That none is listed is no
 * proof that there is
 * none: then it stays in the ledger.
 */
async function closeUnused(noted: Noted, { api, device, clock, notice, signal: work }: OpenOptions): Promise<void> {
  const what = `perhaps a session with ${label(device)}`
  let closed = false
  const why = await quietly(
    clock,
    CLOSE_TIMEOUT_MS,
    what,
    async signal => {
      const session = (await api.listSessions({ signal, what })).find(isOpenWith(device.id))
      if (session === undefined || Number(session.current_command_index) > 0) return
      await api.closeSession(session.id, { signal, what })
      closed = true
    },
    work,
  )
  if (closed) return noted.strike()
  noted.leave()
  if (why !== undefined) notice?.(leftBehind(why, '`cbc lr gc` closes it, or its idle time does'))
}

/** What was started here is closed again. */
async function abandon({ session, started, noted }: Begun, options: OpenOptions): Promise<void> {
  if (!started || (await closeQuietly(session.id, options, options.signal))) noted.strike()
  else noted.leave()
}

/**
 * Whether the service itself said no to a request: then it has made nothing. 408 says that something took too long, which may be its
 * answer.
 */
export function isRefusal(error: unknown): boolean {
  const status = error instanceof CbcError ? (error.facts.http_status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 408
}

async function startSession({ api, device, clock }: OpenOptions, signal: AbortSignal): Promise<Session> {
  try {
    return await lingering(clock, signal, late => api.startSession(device.id, { signal: late }))
  } catch (error) {
    throw await explained(error, api, device, signal)
  }
}

/** Waits through PENDING. */
async function established(begun: Session, { api, device, clock }: OpenOptions, offline: string, signal: AbortSignal): Promise<Session> {
  signal.throwIfAborted()
  const gone = (error: unknown) =>
    error instanceof CbcError && error.code === 'not_found' ? new CbcError('timeout', offline, { http_status: 404 }) : error
  const session =
    begun.status !== 'PENDING'
      ? begun
      : await new Poll(clock).until(
          () =>
            api.getSession(begun.id, { signal }).catch((error: unknown) => {
              throw gone(error)
            }),
          ({ status }) => status !== 'PENDING',
          signal,
        )
  if (session.status !== 'ACTIVE')
    throw new CbcError('timeout', `${label(device)}: the session ended as ${session.status} before it was established`)
  return session
}

/** The device's session if it has one already; a key that may not list sessions can still start one. */
async function findOpen(api: LiveResponse, deviceId: number, signal: AbortSignal): Promise<Session | undefined> {
  try {
    return (await api.listSessions({ signal })).find(isOpenWith(deviceId))
  } catch (error) {
    if (error instanceof CbcError && error.facts.http_status === 403) return undefined
    throw error
  }
}

function isOpenWith(deviceId: number): (session: Session) => boolean {
  return session => session.device_id === deviceId && isOpen(session)
}

function isOpen({ status }: Session): boolean {
  return status === 'ACTIVE' || status === 'PENDING'
}

/** What a refused start means ("Start Session"): 403 is a permission, Live Response switched off, or too many sessions. */
async function explained(error: unknown, api: LiveResponse, device: Target, signal: AbortSignal): Promise<unknown> {
  if (!(error instanceof CbcError)) return error
  const facts = { device_id: device.id }
  if (error.code === 'not_found')
    return error.with(`${label(device)}: no such device`, { ...facts, hint: 'give its name or id as the console shows them' })
  if (error.facts.http_status !== 403) return error.with(`${label(device)}: ${error.message}`, facts)
  const open = await api.listSessions({ signal }).catch(() => [])
  if (!error.facts.limit && open.length < MAX_SESSIONS_PER_ORGANIZATION) return error.with(`${label(device)}: ${error.message}`, facts)
  return full(error, device, open.length)
}

function full(error: CbcError, device: Target, open: number, more = ''): CbcError {
  return error.with(`${label(device)}: no session: the organization has as many open as it can have${open > 0 ? `, ${open}` : ''}${more}`, {
    device_id: device.id,
    limit: true,
    hint: '`cbc lr session list` shows them, `cbc lr session close` ends one, `cbc lr gc` those that crashed runs left behind',
  })
}
