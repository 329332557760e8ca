import type { Clock, Output, Progress, Wait } from '../core/ports.ts'
import { SILENT } from '../core/ports.ts'
import type { Spinner } from './spinner.ts'
import { progressLine, type Step } from './progress-line.ts'

/** Milliseconds before anything is shown: what is quick never flickers. */
const SHOW_AFTER_MS = 400

/** From the narrowest on. */
const KINDS: readonly Wait['kind'][] = ['command', 'request', 'work']

/**
 * What goes on, on a terminal; nothing elsewhere: a spinner with what is waited for, where, how long and behind what, or a bar where the
 * total is known.
 * @param quiet nothing on a terminal either
 */
export function openProgress(stderr: Output, clock: Clock, quiet: boolean): Progress & { stop(): void } {
  return !stderr.isTerminal || quiet ? { ...SILENT, stop() {} } : new TerminalProgress(stderr, clock)
}

class TerminalProgress implements Progress {
  readonly #stderr: Output
  readonly #clock: Clock
  #spinner: Spinner | undefined
  /** Aborted when there is nothing to be shown any more. */
  #coming: AbortController | undefined
  /** Not before then, by the steady clock. */
  #due = 0
  #step: Step | undefined
  #waits: { wait: Wait; from: number }[] = []
  /** The line in which the cursor stands has output in it. */
  #open = false
  #holds = 0

  constructor(stderr: Output, clock: Clock) {
    this.#stderr = stderr
    this.#clock = clock
  }

  step(label: string, total?: number, unit: 'bytes' | 'percent' = 'bytes'): void {
    this.#step = { label, ...(total === undefined ? {} : { total }), unit, done: 0, from: this.#clock.monotonic() }
    this.#begin()
  }

  at(done: number): void {
    if (this.#step !== undefined) this.#step.done = done
  }

  end(): void {
    this.#step = undefined
    this.#again()
  }

  stop(): void {
    this.#waits = []
    this.end()
  }

  wait(wait: Wait): () => void {
    const entry = { wait, from: this.#clock.monotonic() }
    this.#waits.push(entry)
    const { signal } = wait
    // Whoever presses Ctrl-C sees at once that it was heard.
    const onAbort = () => {
      if (this.#open) void this.#stderr.write('\n')
      this.#open = false
      this.#begin(0)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#begin()
    return () => {
      signal?.removeEventListener('abort', onAbort)
      this.#waits = this.#waits.filter(other => other !== entry)
      if (this.#work !== undefined) return
      this.#open = false
      if (this.#step === undefined) this.#again()
    }
  }

  clear(open = false): void {
    this.#open = open
    this.#again()
  }

  hold(): () => void {
    this.#holds += 1
    this.#again()
    let holding = true
    return () => {
      if (holding) this.#holds -= 1
      holding = false
      this.#again()
    }
  }

  /** The work of the line that runs: what is narrower, and not part of such, is nobody's here. */
  get #work(): { wait: Wait; from: number } | undefined {
    return this.#waits.find(({ wait: { kind } }) => kind === 'work')
  }

  get #isShowing(): boolean {
    return this.#holds === 0 && !this.#open && (this.#step !== undefined || this.#work !== undefined)
  }

  /** Shows what there is in a while, unless it is shown already. */
  #begin(patience = SHOW_AFTER_MS): void {
    if (this.#spinner !== undefined || !this.#isShowing) return
    const due = this.#clock.monotonic() + patience
    if (this.#coming !== undefined && due >= this.#due) return
    this.#coming?.abort()
    this.#due = due
    void this.#show((this.#coming = new AbortController()))
  }

  /** Takes away what is shown; what there is still to be shown comes back later. */
  #again(): void {
    this.#coming?.abort()
    this.#coming = undefined
    this.#spinner?.stop()
    this.#spinner = undefined
    this.#begin()
  }

  async #show(coming: AbortController): Promise<void> {
    try {
      const rest = this.#due - this.#clock.monotonic()
      if (rest > 0) await this.#clock.sleep(rest, coming.signal)
      const { openSpinner } = await import('./spinner.ts')
      if (!coming.signal.aborted) this.#spinner = openSpinner(() => this.#text())
    } catch {
      // It was over before it had to be shown.
    } finally {
      if (this.#coming === coming) this.#coming = undefined
    }
  }

  #text(): string {
    const work = this.#work
    const waits = KINDS.flatMap(kind => this.#waits.filter(({ wait }) => wait.kind === kind).slice(0, 1)).map(({ wait }) => wait)
    const [wait] = waits
    const ended = work?.wait.signal?.aborted === true
    const now = this.#clock.monotonic()
    const step = this.#step ?? (work && wait && { label: wait.what(), from: work.from, done: 0, unit: 'bytes' as const })
    if (step === undefined) return ''
    const more = ended ? 'again: leave it' : wait?.more?.()
    const label = !ended ? step.label : `ending ${waits.map(({ ending }) => ending?.()).find(text => text !== undefined) ?? step.label} …`
    return progressLine({ ...step, label }, now, this.#stderr.columns(), more, ended)
  }
}

/** An output that takes away what is shown before it writes. */
export function clearing(output: Output, progress: Progress): Output {
  return {
    ...output,
    write(data) {
      progress.clear(output.isTerminal && data.length > 0 && !endsLine(data))
      return output.write(data)
    },
  }
}

function endsLine(data: string | Uint8Array): boolean {
  return typeof data === 'string' ? data.endsWith('\n') : data.at(-1) === 0x0a
}
