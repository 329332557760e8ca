import { cleanupSignalOf } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { formatDuration } from '../core/quantity.ts'
import { list, type Column } from '../core/result.ts'
import { orAborted } from '../core/read-write-lock.ts'
import { escapeLine } from '../ui/escape.ts'
import type { Call } from './builtin.ts'
import { stateOf } from './jobs.ts'

export const JOBS: Column[] = [
  { key: 'job', align: 'right' },
  { key: 'state' },
  { key: 'duration_ms', title: 'time', align: 'right', text: row => formatDuration(Number(row['duration_ms'])) },
  { key: 'percent', title: '%', align: 'right' },
  { key: 'line', evidence: true },
  { key: 'last_line', title: 'last line', flexible: true },
]

/** `jobs`: each with its state, how long it has run, how far it has come, and the last line that it has written. */
export async function listJobs({ shell, globals, streams }: Call): Promise<number> {
  const { jobs } = shell
  const rows = jobs.all.map(job => ({
    job: job.number,
    state: stateOf(job),
    duration_ms: jobs.duration(job),
    percent: job.progress.percent ?? null,
    line: job.line,
    last_line: job.kept.lastLine(),
  }))
  return await shell.show(list(rows, JOBS, 'no jobs'), globals, streams)
}

/** `wait [N]`: the exit code of the job, or of the last that failed; also of one that is over. Ctrl-C ends the waiting, not the job. */
export async function waitForJobs({ shell, input: { job: number }, streams: { stdout, stderr, signal, progress } }: Call): Promise<number> {
  const waited = number === undefined ? [...shell.jobs.all] : [shell.jobs.find(String(number))]
  let code = 0
  for (const job of waited) {
    const over = progress.wait({ kind: 'command', what: () => `job ${job.number}: ${job.line}` })
    await orAborted(job.over, signal).finally(over)
    code = (await shell.tell(job, { stdout, stderr })) || code
  }
  return code
}

/** `fg [N]`: the job as if it had not been begun with `&`: what it has written and writes is shown, and Ctrl-C ends it. */
export async function bringBack({ shell, input: { job: number }, streams: { stdout, stderr, signal, progress } }: Call): Promise<number> {
  const { jobs } = shell
  const job = number === undefined ? jobs.all.at(-1) : jobs.find(String(number))
  if (job === undefined || jobs.isTold(job))
    throw new CbcError('not_found', `fg: ${job === undefined ? 'there are no jobs' : `job ${job.number} is over: ${stateOf(job)}`}`, {
      hint: '`jobs` lists those that run',
    })
  if (stdout.isTerminal) await stderr.write(`${escapeLine(job.line)}\n`)
  const leave = cleanupSignalOf(signal)
  const [onAbort, onLeave] = [() => job.stop.end(), () => void job.stop.press()]
  signal.addEventListener('abort', onAbort, { once: true })
  leave?.addEventListener('abort', onLeave, { once: true })
  const hide = job.progress.showOn(progress)
  try {
    await job.kept.pass(stdout, stderr)
    await job.over
  } finally {
    hide()
    signal.removeEventListener('abort', onAbort)
    leave?.removeEventListener('abort', onLeave)
  }
  jobs.settle(job)
  return job.code ?? 0
}

/** `cancel N`: over when the job has cleaned up on the endpoint; a second one leaves that. */
export async function cancelJob({ shell, input: { job: number }, streams: { signal, progress } }: Call): Promise<void> {
  const job = shell.jobs.find(String(number))
  job.stop.press()
  const over = progress.wait({ kind: 'command', what: () => `ending job ${job.number}: ${job.line}` })
  await orAborted(job.over, signal).finally(over)
}
