import type { Command, ProcessEntry } from '../api/live-response.ts'
import { cleanupSignalOf } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { cleanUpWithin } from './cleanup.ts'
import type { Doubt } from './in-doubt.ts'
import { Poll } from './poll.ts'
import { isGone, isPid } from './processes.ts'
import type { RemoteSession } from './session.ts'

/** Milliseconds that ending a program may take in the session that it was started in. */
const END_IN_SESSION_TIMEOUT_MS = 4000
/**
 * Milliseconds for the kill in that session: a service that runs a session's commands strictly in order makes it wait for the very program.
 */
const KILL_BESIDE_TIMEOUT_MS = 2000
/** Milliseconds that ending it through a new session may take. */
const END_IN_NEW_SESSION_TIMEOUT_MS = 20_000

/**
 * Ends a program whose "create process" was given up, as soon as it runs: in its own session, or in a new one if the program blocks that.
 * @param work   the signal of the work that ran it: a second Ctrl-C stops waiting for its end
 * @param onPid  called with its pid as soon as that is known
 * @returns its pid, if known, and why it may still run; undefined when it has ended
 */
export async function endProgram(
  session: RemoteSession,
  commandLine: string,
  { sessionId, id, state }: Doubt,
  work: AbortSignal,
  onPid: (pid: number) => void,
): Promise<{ pid?: number; why: CbcError } | undefined> {
  const leave = cleanupSignalOf(work)
  let last = state
  const ask = async (signal: AbortSignal) => {
    last = await session.api.getCommand(sessionId, Number(id), { signal, what: commandLine })
    return last
  }
  const why = await cleanUpWithin(
    session.clock,
    END_IN_SESSION_TIMEOUT_MS,
    'ending it',
    async signal => {
      const running = await new Poll(session.clock).until(
        () => ask(signal),
        command => isOver(command) || pidOf(command) !== undefined,
        signal,
      )
      const itsPid = pidOf(running)
      if (isOver(running) || itsPid === undefined) return
      onPid(itsPid)
      await kill(session, itsPid, signal, KILL_BESIDE_TIMEOUT_MS)
      await new Poll(session.clock).until(() => ask(signal), isOver, signal)
    },
    leave,
  )
  if (why === undefined || (last !== undefined && isOver(last))) return undefined
  const pid = last && pidOf(last)
  if (pid === undefined) return { why }
  const still = why.code === 'timeout' ? await endInNewSession(session, commandLine, pid, sessionId, why, leave) : why
  return still && { pid, why: still }
}

/** Ends a program that blocks its session. @returns why it may still run */
async function endInNewSession(
  session: RemoteSession,
  commandLine: string,
  pid: number,
  sessionId: string,
  blocked: CbcError,
  leave: AbortSignal | undefined,
): Promise<CbcError | undefined> {
  return await cleanUpWithin(
    session.clock,
    END_IN_NEW_SESSION_TIMEOUT_MS,
    'ending it in a new session',
    async signal => {
      if (!(await session.unblock(sessionId, signal))) throw blocked
      if (await isStillThere(session, pid, commandLine, signal)) await kill(session, pid, signal, END_IN_NEW_SESSION_TIMEOUT_MS)
    },
    leave,
  )
}

/** Kills a process beside whatever is under way ("kill"). A process that is gone already counts as killed. */
async function kill(session: RemoteSession, pid: number, signal: AbortSignal, timeoutMs: number): Promise<void> {
  try {
    await session.issueBeside({ name: 'kill', pid }, { signal, timeoutMs, what: `kill ${pid}` })
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/**
 * Whether a pid may still belong to the program, judging by "process list": the program may have ended with its session, and pids are
 * reused. A list that can't be fetched, or lacks the pid, proves nothing.
 */
async function isStillThere(session: RemoteSession, pid: number, commandLine: string, signal: AbortSignal): Promise<boolean> {
  const found = await session.issueBeside({ name: 'process list' }, { signal, what: 'ps' }).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof CbcError)) throw error
    return undefined
  })
  const there = found?.processes?.find(({ process_pid: other }) => Number(other) === pid)
  return there === undefined || looksLike(there, commandLine)
}

/**
 * Finds the process of a program that could not be ended earlier ("process list").
 * @param program its file, without arguments
 * @param pid     undefined when it isn't known: any process of that program may be the one
 */
export async function stillRunning(
  session: RemoteSession,
  program: string,
  pid: number | undefined,
  signal: AbortSignal,
): Promise<ProcessEntry | undefined> {
  const { processes } = await session.issue({ name: 'process list' }, { signal, what: 'ps' })
  return processes?.find(one => (pid === undefined ? namesOf(one).length > 0 : Number(one.process_pid) === pid) && looksLike(one, program))
}

/** Whether a process could have been started by a command line; one without a name could. */
function looksLike(process: ProcessEntry, commandLine: string): boolean {
  const names = namesOf(process)
  return names.length === 0 || names.some(name => commandLine.toLowerCase().includes(name))
}

/** The names of a process: its file's name, and the first word of its own command line. */
function namesOf({ process_path: path, process_cmdline: line }: ProcessEntry): string[] {
  return [path, firstWord(line ?? '')]
    .map(
      name =>
        (name ?? '')
          .split(/[\\/]/)
          .pop()
          ?.toLowerCase()
          .replace(/\.exe$/, '') ?? '',
    )
    .filter(name => name !== '')
}

/** Returns the program of a command line. */
export function firstWord(line: string): string | undefined {
  return /^\s*(?:"([^"]*)"|(\S+))/
    .exec(line)
    ?.slice(1)
    .find(word => word !== undefined)
}

function pidOf({ process_details: details }: Command): number | undefined {
  return isPid(details?.pid) ? details.pid : undefined
}

function isOver({ status }: Command): boolean {
  return status !== 'PENDING' && status !== 'IN_PROGRESS'
}
