import { list, type Column } from '../core/result.ts'
import { orAborted } from '../engine/remote.ts'
import type { Call } from './builtins.ts'
import { stateOf } from './jobs.ts'

export const JOBS: Column[] = [{ key: 'job', align: 'right' }, { key: 'state' }, { key: 'line', evidence: true }]

/** `jobs`: number, state and line of each. */
export async function listJobs({ shell, globals, streams }: Call): Promise<number> {
  const rows = shell.jobs.all.map(job => ({ job: job.number, state: stateOf(job), line: job.line }))
  return await shell.show(list(rows, JOBS, 'no jobs'), globals, streams)
}

/** `wait [N]`: the exit code of the job, or of the last that failed. Ctrl-C ends the waiting, not the job. */
export async function waitForJobs({ shell, input: { job: number }, streams: { stdout, stderr, signal, progress } }: Call): Promise<number> {
  const waited = number === undefined ? [...shell.jobs.all] : [shell.jobs.find(String(number))]
  let code = 0
  for (const job of waited) {
    const over = progress.wait({ kind: 'command', what: () => `job ${job.number}: ${job.line}` })
    await orAborted(job.over, signal).finally(over)
    code = await shell.tell(job, stdout, stderr) || code
  }
  return code
}

/** `cancel N`: over when the job has cleaned up on the endpoint. */
export async function cancelJob({ shell, input: { job: number }, streams: { signal, progress } }: Call): Promise<void> {
  const job = shell.jobs.find(String(number))
  job.stop.press()
  const over = progress.wait({ kind: 'command', what: () => `ending job ${job.number}: ${job.line}` })
  await orAborted(job.over, signal).finally(over)
}
