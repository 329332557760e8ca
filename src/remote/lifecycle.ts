import type { LiveResponse, Session } from '../api/live-response.ts'
import { linked, STOPPED, withDeadline } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { NO_LEDGER, type Ledger, type LedgerNote } from '../core/ledger.ts'
import { sendUntilKnown } from '../core/lost-answer.ts'
import type { Clock, Progress } from '../core/ports.ts'
import { formatDuration } from '../core/quantity.ts'
import { leftoverNotice, awaitingAnswer, cleanUp } from './cleanup.ts'
import { Poll } from './poll.ts'

/** The endpoint of a session. */
export interface Target {
  id: number
  /** Absent when only an id was given. */
  name?: string
  /** Its operating system, as far as the inventory was asked. */
  os?: string
}

export interface OpenOptions {
  api: LiveResponse
  device: Target
  clock: Clock
  progress: Progress
  signal: AbortSignal
  /** Milliseconds that the endpoint has to establish the session. */
  timeoutMs: number
  ledger?: Ledger
  /** Shows the user in one line what could not be cleaned up. */
  notice?: (line: string) => void
  /** Says why a device that doesn't answer may be absent: when it was last seen; undefined when it should be online. */
  absence?: (signal: AbortSignal) => Promise<string | undefined>
  /** The open sessions as somebody has listed them a short time ago; default: they are listed for this one. */
  sessions?: (signal: AbortSignal) => Promise<readonly Session[]>
  /** The work was begun by a process that is gone. */
  takeover?: { began(session: Session): boolean }
}

/** A session that is ready for commands. */
export interface Opened {
  session: Session
  /** Whether it was started here: a session that was joined must not be closed. */
  started: boolean
  /** Its line in the ledger. */
  noted: LedgerNote
}

/** The documented limit. */
const MAX_SESSIONS_PER_ORGANIZATION = 100

/** Milliseconds in which an online device usually establishes a session. */
const USUAL_ESTABLISH_MS = 500

/** Milliseconds that closing may take when the work itself has been given up. */
const CLOSE_TIMEOUT_MS = 5000

export function label(device: Target): string {
  return device.name ?? `device ${device.id}`
}

/**
 * Joins the device's open session, or starts one, and waits until it is ACTIVE ("Start Session"). When that fails, a session that was
 * started here is closed again.
 * @throws CbcError not_found: no such device; auth: Live Response is not enabled; timeout: the endpoint did not establish it
 */
export async function openSession(options: OpenOptions): Promise<Opened> {
  const { device, clock, progress, timeoutMs } = options
  const offline = (time: string) => `${label(device)}: no session within ${time}; the endpoint may be offline`
  const deadline = withDeadline(clock, timeoutMs, offline, options.signal)
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
    const absent = reportAbsence(options, session, signal, why => {
      more = why
    })
    return { session: await waitUntilActive(session, options, offline(formatDuration(timeoutMs)), signal).finally(absent), started, noted }
  } catch (error) {
    // Before the session is closed, so that it can be told from those of others.
    const late = error instanceof CbcError && error.code === 'timeout' ? await explainTimeout(error, begun, options) : error
    if (begun !== undefined) await closeIfStarted(begun, options)
    throw late
  } finally {
    deadline.clear()
    over()
    progress.end()
  }
}

/**
 * Reports why a device doesn't establish its session, as soon as that is known.
 * @param show receives the reason in a few words
 * @returns a function that stops looking
 */
function reportAbsence(
  { absence, clock, device, timeoutMs, notice }: OpenOptions,
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
    notice?.(`${label(device)} is offline, ${why}: waiting ${formatDuration(timeoutMs)} for it; --timeout 10m waits longer`)
  }
  // Only a convenience: a key that may not read the inventory waits without it.
  look().catch(() => {})
  return () => looking.abort(STOPPED)
}

/**
 * Closes a session and reports a failure as a notice only: a session that stays open expires after its idle time.
 * @param work the signal of the finished work: after its deadline there is less time
 * @returns whether it is gone
 */
export async function closeQuietly(
  id: string,
  { api, clock, notice }: Pick<OpenOptions, 'api' | 'clock' | 'notice'>,
  work?: AbortSignal,
): Promise<boolean> {
  const what = `session ${id}`
  const why = await cleanUp(clock, CLOSE_TIMEOUT_MS, what, signal => api.closeSession(id, { signal, what }), work)
  if (why !== undefined) notice?.(leftoverNotice(why, '`cbc lr gc` closes it, or its idle time does'))
  return why === undefined
}

/**
 * Closes a session ("Close Session"). When the answer is lost, the session itself is asked for, to see whether it is still there.
 * @throws CbcError not_found; network; unknown_outcome
 */
export async function closeAndConfirm(
  api: LiveResponse,
  id: string,
  { clock, signal }: { clock: Pick<Clock, 'sleep'>; signal: AbortSignal },
): Promise<void> {
  await sendUntilKnown({
    async send() {
      await api.closeSession(id, { signal })
      return true
    },
    find: async () => ((await isThere(api, id, signal)) ? undefined : true),
    again({ failureIfNotMade }) {
      throw failureIfNotMade
    },
    clock,
    signal,
  })
}

async function isThere(api: LiveResponse, id: string, signal: AbortSignal): Promise<boolean> {
  return await api.getSession(id, { signal }).then(isOpen, (error: unknown) => {
    if (error instanceof CbcError && error.code === 'not_found') return false
    throw error
  })
}

/**
 * Explains why a session was not established in time: at the organization's session limit, a request is kept for a minute and then silently
 * dropped.
 */
async function explainTimeout(
  error: CbcError,
  begun: Begun | undefined,
  { api, device, clock, signal: work }: OpenOptions,
): Promise<CbcError> {
  // The time limit of the whole work has passed: there is none left to look.
  if (work.aborted) return error.with(error.message, { device_id: device.id })
  const others: Session[] = []
  await cleanUp(clock, CLOSE_TIMEOUT_MS, 'list sessions', async signal => {
    for (const session of await api.listSessions({ signal })) if (isOpen(session) && session.id !== begun?.session.id) others.push(session)
  })
  if (others.length >= MAX_SESSIONS_PER_ORGANIZATION)
    return sessionLimitError(error, device, others.length, '; a request beyond that is dropped after a minute')
  return error.with(error.message, {
    device_id: device.id,
    hint: 'wait longer with --timeout 10m; `cbc device get` says when it was last heard of',
  })
}

/** A session that may still be PENDING. */
type Begun = Opened

/**
 * Joins the device's session or starts one. The intent is noted before it looks for an open session, so that no other run of this program
 * closes that one in between.
 */
async function begin(options: OpenOptions, signal: AbortSignal): Promise<Begun> {
  const { device, ledger = NO_LEDGER } = options
  const noted = ledger.note({ kind: 'session', device_id: device.id })
  try {
    const open = await findOpenSession(options, signal)
    if (open !== undefined) {
      const started = options.takeover?.began(open) === true
      noted.update({ session_id: open.id, joined: !started })
      return { session: open, started, noted }
    }
    signal.throwIfAborted()
  } catch (error) {
    noted.strike()
    throw error
  }
  try {
    const session = await startSession(options, signal)
    // The service answers with the device's session if it has got one meanwhile: a session that has had commands is somebody else's.
    const started = !(Number(session.current_command_index) > 0)
    noted.update({ session_id: session.id, joined: !started })
    return { session, started, noted }
  } catch (error) {
    // After a refusal there is no session. When no answer came there may be one, whose id is unknown.
    if (isRefusal(error)) noted.strike()
    else await closeUnused(noted, options)
    throw error
  }
}

/**
 * Closes a session that may have been started although no answer came, if it is listed and nobody has used it. A list without it doesn't
 * prove that there is none: then it stays in the ledger.
 */
async function closeUnused(noted: LedgerNote, { api, device, clock, notice, signal: work }: OpenOptions): Promise<void> {
  const what = `perhaps a session with ${label(device)}`
  let closed = false
  const why = await cleanUp(
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
  noted.release()
  if (why !== undefined) notice?.(leftoverNotice(why, '`cbc lr gc` closes it, or its idle time does'))
}

/** Closes the session again if it was started here. */
async function closeIfStarted({ session, started, noted }: Begun, options: OpenOptions): Promise<void> {
  if (!started || (await closeQuietly(session.id, options, options.signal))) noted.strike()
  else noted.release()
}

/** Whether the service itself refused a request, and therefore made nothing. 408 is no refusal: only the answer may have taken too long. */
export function isRefusal(error: unknown): boolean {
  const status = error instanceof CbcError ? (error.facts.http_status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 408
}

async function startSession({ api, device, clock }: OpenOptions, signal: AbortSignal): Promise<Session> {
  try {
    return await awaitingAnswer(clock, signal, late => api.startSession(device.id, { signal: late }))
  } catch (error) {
    throw await explainRefusal(error, api, device, signal)
  }
}

/** Waits until the session is no longer PENDING. */
async function waitUntilActive(
  begun: Session,
  { api, device, clock }: OpenOptions,
  offline: string,
  signal: AbortSignal,
): Promise<Session> {
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

/** Returns the device's session if it has one already; a key that may not list sessions can still start one. */
async function findOpenSession({ api, device: { id }, sessions }: OpenOptions, signal: AbortSignal): Promise<Session | undefined> {
  try {
    // A session of the earlier list may be over by now.
    if (sessions !== undefined && !(await sessions(signal)).some(isOpenWith(id))) return undefined
    return (await api.listSessions({ signal })).find(isOpenWith(id))
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

/** Explains a refused start ("Start Session"): 403 means a missing permission, Live Response switched off, or too many sessions. */
async function explainRefusal(error: unknown, api: LiveResponse, device: Target, signal: AbortSignal): Promise<unknown> {
  if (!(error instanceof CbcError)) return error
  const facts = { device_id: device.id }
  if (error.code === 'not_found')
    return error.with(`${label(device)}: no such device`, { ...facts, hint: 'give its name or id as the console shows them' })
  if (error.facts.http_status !== 403) return error.with(`${label(device)}: ${error.message}`, facts)
  const open = await api.listSessions({ signal }).catch(() => [])
  if (!error.facts.limit && open.length < MAX_SESSIONS_PER_ORGANIZATION) return error.with(`${label(device)}: ${error.message}`, facts)
  return sessionLimitError(error, device, open.length)
}

function sessionLimitError(error: CbcError, device: Target, open: number, more = ''): CbcError {
  return error.with(
    `${label(device)}: no session: the organization has reached its limit of open sessions${open > 0 ? `, ${open}` : ''}${more}`,
    {
      device_id: device.id,
      limit: true,
      hint: '`cbc lr session list` shows them, `cbc lr session close` closes one, `cbc lr gc` closes those that crashed runs left behind',
    },
  )
}
