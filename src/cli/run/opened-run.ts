import { CbcError, usage } from '../../core/errors.ts'
import type { RunFolders } from '../../core/run-folders.ts'
import type { Secret } from '../../core/secret.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'
import type { RunRecord } from '../../runs/record.ts'
import { RunView } from '../../runs/view.ts'
import { runFoldersOf } from './folders.ts'
import { chosenQueue } from './queue.ts'
import type { QueueChoice } from './run-options.ts'
import type { RemoteRun } from './remote-run.ts'

/** A run that was begun here, with what the queue server knows of it where it is on one. */
export interface OpenedRun {
  view: RunView
  /** Absent where the run is this machine's alone. */
  remote: RemoteRun | undefined
}

/**
 * Opens a run and does something with it. One that is on a queue server is brought up to date first.
 * @param always ask the server also about a run that has ended, or that the server no longer knows
 * @throws CbcError not_found: there is no such run; usage: its queue server is not named; network: that can't be reached
 */
export async function withRun<T>(
  name: string,
  queue: QueueChoice,
  context: ProgramContext,
  work: (opened: OpenedRun) => Promise<T>,
  always = false,
): Promise<T> {
  const folders = await runFoldersOf(context)
  const view = await RunView.open(folders, name)
  const remote = view.record.ended !== undefined && !always ? undefined : await remoteOf(view.record, folders, queue, context)
  try {
    if (remote !== undefined) await view.follow(remote).catch(unlessGone(always))
    return await work({ view, remote })
  } finally {
    await remote?.close()
  }
}

function unlessGone(mayBeGone: boolean): (error: unknown) => void {
  return error => {
    if (!mayBeGone || !(error instanceof CbcError) || error.code !== 'not_found') throw error
  }
}

async function remoteOf(
  record: RunRecord,
  folders: RunFolders,
  queue: QueueChoice,
  context: ProgramContext,
): Promise<RemoteRun | undefined> {
  if (record.queue === undefined) return undefined
  const url = await queueOf(record.queue, record.run, queue, context)
  return await (await import('./remote-run.ts')).openRemoteRun(record, folders, url, context)
}

/** The queue server of a run, with its password. @throws CbcError usage: it is not named */
export async function queueOf(shown: string, run: string, queue: QueueChoice, { open }: ProgramContext): Promise<Secret> {
  const runtime = queue === undefined ? await open() : undefined
  const url = chosenQueue(queue, runtime ?? {})
  await runtime?.close()
  if (url === undefined)
    throw usage(`run ${run}: is on the queue server ${shown}`, 'name that with --queue, CBC_QUEUE, or the setting queue of the profile')
  return url
}
