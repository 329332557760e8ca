import { twoStageAbort, type TwoStageAbort } from '../core/abort.ts'
import { CbcError, EXIT_CODES, interrupted } from '../core/errors.ts'
import type { Clock, Output } from '../core/ports.ts'
import { largest } from '../core/lists.ts'
import { JobProgress } from './job-progress.ts'
import { keep, type Kept, type Streams } from './streams.ts'

/** A command that runs beside the prompt (`a &`). */
export interface Job {
  /** By which it is named: 1, 2, … */
  readonly number: number
  /** As it was typed. */
  readonly line: string
  /** When it began, and has ended, by the steady clock, milliseconds. */
  readonly from: number
  until: number | undefined
  /** Exit code, once it has ended. */
  code: number | undefined
  /** What it has written so far. */
  readonly kept: Kept
  readonly progress: JobProgress
  /** Resolves when it has ended. */
  readonly over: Promise<void>
  /** What `cancel` does: a second one leaves what it has to clean up. */
  readonly stop: TwoStageAbort
}

/** As many jobs whose end has been told are remembered, for who asks for their result. */
const REMEMBERED = 50

/** The jobs of a shell. */
export class Jobs {
  readonly #onEnd: () => void
  readonly #clock: Clock
  /** Those whose end has not been told yet. */
  #all: Job[] = []
  /** The others, the last one first. */
  #told: Job[] = []

  /** @param onEnd called when a job has ended */
  constructor(onEnd: () => void, clock: Clock) {
    this.#onEnd = onEnd
    this.#clock = clock
  }

  get all(): readonly Job[] {
    return this.#all
  }

  get running(): readonly Job[] {
    return this.#all.filter(job => job.code === undefined)
  }

  get ended(): readonly Job[] {
    return this.#all.filter(job => job.code !== undefined)
  }

  /** Starts one. @param stdout, stderr what its output is to look as @param work gives its exit code */
  start(
    line: string,
    stdout: Output,
    stderr: Output,
    work: (to: Pick<Streams, 'stdout' | 'stderr' | 'signal' | 'progress' | 'owner'>) => Promise<number>,
  ): Job {
    const kept = keep(stdout, stderr)
    const stop = twoStageAbort(interrupted)
    const progress = new JobProgress()
    let end = () => {}
    const job: Job = {
      number: largest(this.#all.map(({ number }) => number)) + 1,
      line,
      kept,
      stop,
      progress,
      code: undefined,
      from: this.#clock.monotonic(),
      until: undefined,
      over: new Promise(resolve => {
        end = resolve
      }),
    }
    this.#all.push(job)
    const ended = (code: number) => {
      job.code = code
      job.until = this.#clock.monotonic()
      end()
      this.#onEnd()
    }
    work({ stdout: kept.stdout, stderr: kept.stderr, signal: stop.signal, progress, owner: `job ${job.number}` }).then(ended, () =>
      ended(EXIT_CODES.internal),
    )
    return job
  }

  /** Milliseconds that a job has run. */
  duration({ from, until = this.#clock.monotonic() }: Job): number {
    return until - from
  }

  /** Whether all there is to be said of a job has been. */
  isTold(job: Job): boolean {
    return !this.#all.includes(job)
  }

  /** @throws CbcError usage, not_found */
  find(typed: string): Job {
    if (!/^%?\d+$/.test(typed)) throw new CbcError('usage', `"${typed}" is not the number of a job`, { hint: '`jobs` lists them' })
    const job = [...this.#all, ...this.#told].find(({ number }) => number === Number(typed.replace('%', '')))
    if (job === undefined) throw new CbcError('not_found', `${typed}: no such job`, { hint: '`jobs` lists them' })
    return job
  }

  /** Its end has been told. */
  settle(job: Job): void {
    if (this.isTold(job)) return
    this.#all = this.#all.filter(other => other !== job)
    this.#told = [job, ...this.#told].slice(0, REMEMBERED)
  }

  /** Cancels those that run, and waits until they have cleaned up, unless who waits leaves that. @param leave aborted then */
  async cancelAll(leave?: AbortSignal): Promise<void> {
    const { running } = this
    const onLeave = () => {
      for (const { stop } of running) stop.press()
    }
    for (const { stop } of running) stop.end()
    if (leave?.aborted) onLeave()
    leave?.addEventListener('abort', onLeave, { once: true })
    await Promise.all(running.map(({ over }) => over))
    leave?.removeEventListener('abort', onLeave)
  }
}

/** What became of a job, in a word. */
export function stateOf({ code, stop }: Job): string {
  if (code === undefined) return stop.signal.aborted ? 'ending' : 'running'
  if (code === 0) return 'done'
  return code === EXIT_CODES.interrupted ? 'cancelled' : `failed (${code})`
}
