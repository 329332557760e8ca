import { asCbcError } from '../../core/errors.ts'
import type { RunFolders } from '../../core/run-folders.ts'
import type { Secret } from '../../core/secret.ts'
import type { ProgramContext } from '../../engine/define-program-verb.ts'
import { catchUp } from '../../queue/follow.ts'
import { openRunStore } from '../../queue/open-run-store.ts'
import { Patience } from '../../queue/patience.ts'
import { openRun, type RunRecord } from '../../runs/record.ts'
import { continueRun, type RunLog } from '../../runs/run-log.ts'
import type { RunStore } from '../../runs/run-store.ts'

/** What a queue server knows of a run that was begun here. */
export interface RemoteRun {
  store: RunStore
  /** Brings the record on this machine up to date. @returns whether the run goes on @throws CbcError network, not_found, io */
  update(): Promise<boolean>
  close(): Promise<void>
}

/** Connects to the queue server of a run. Nothing is asked yet. @throws CbcError usage */
export async function openRemoteRun(
  record: RunRecord,
  folders: RunFolders,
  url: Secret,
  { host: { clock, interrupt: signal }, notice }: ProgramContext,
): Promise<RemoteRun> {
  const store = await openRunStore(url, record.place)
  const patience = Patience.inWords(clock, notice)
  let log: RunLog | undefined
  let isOver = false
  return {
    store,
    async update() {
      isOver ||= log === undefined && (await openRun(folders, record.run)).record.ended !== undefined
      if (isOver) return false
      log ??= await openLog(folders, record.run, clock)
      // Another process follows the run, and records what happens, its end too.
      if (log === undefined) return true
      const over = await catchUp({ store, log, patience, clock, signal })
      if (over === undefined) return true
      isOver = true
      const whole = log
      log = undefined
      await whole.finish(over.stopped)
      return false
    },
    async close() {
      await log?.leave()
      await store.close()
    },
  }
}

/** Opens the record of a run for writing; undefined while another process has it. @throws CbcError io */
async function openLog(folders: RunFolders, run: string, clock: ProgramContext['host']['clock']): Promise<RunLog | undefined> {
  try {
    return await continueRun(folders, run, undefined, clock)
  } catch (error) {
    if (asCbcError(error).code === 'refused') return undefined
    throw error
  }
}
