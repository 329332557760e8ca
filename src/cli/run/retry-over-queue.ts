import { usage } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { catchUp } from '../../queue/follow.ts'
import { openRunStore } from '../../queue/open-run-store.ts'
import { Patience } from '../../queue/patience.ts'
import type { RunRecord } from '../../runs/record.ts'
import { continueRun, type RunLog } from '../../runs/run-log.ts'
import type { Retry } from '../../runs/select.ts'
import type { RunOptions } from './run-options.ts'
import { carryOnOverQueue, sharedRun } from './over-queue.ts'
import { left } from './several.ts'
import type { Several } from './work.ts'

/**
 * Refuses what can't be said again of a run that a queue server holds.
 * @throws CbcError usage
 */
export function checkRetryable(record: RunRecord, given: RunOptions): void {
  if (given.parallel !== undefined) throw usage(`run ${record.run}: --parallel is said to each worker`)
  for (const [name, option] of [
    ['canary', '--canary'],
    ['maxFailures', '--max-failures'],
  ] as const)
    if (given[name] !== undefined) throw usage(`run ${record.run}: ${option} stays what it was when the run was handed to the queue server`)
}

/**
 * Goes on with a run on its queue server.
 * @param command what the run does on each device
 * @returns exit code
 */
export async function retryOverQueue(
  work: Several,
  record: RunRecord,
  { url, only, command }: { url: Secret; only: Retry | undefined; command: string },
): Promise<number> {
  const { host, runtime } = work
  const log = await continueRun(await host.runFolders(runtime.case?.path), record.run, command, host.clock)
  try {
    await bringUpToDate(work, log, url)
  } catch (error) {
    await log.leave()
    throw error
  }
  return await carryOnOverQueue(work, log, { url, devices: left(log, only), again: true })
}

async function bringUpToDate({ host, options, runtime }: Several, log: RunLog, url: Secret): Promise<void> {
  const { clock, interrupt: signal } = host
  const store = await openRunStore(url, runtime.connection.place)
  const patience = Patience.inWords(clock, line => runtime.notice(line))
  try {
    // It may have been left before the server had it.
    if (log.sequence === 0) await patience.insist(() => store.create(sharedRun(log.record, options)), signal)
    await catchUp({ store, log, patience, clock, signal })
  } finally {
    await store.close()
  }
}
