import { type Clock, type Output, type Progress, type Wait, SILENT } from '../core/ports.ts'
import type { Spinner } from './spinner.ts'
import { progressLine, statusLine, type Step } from './progress-line.ts'

/** How long to wait before anything is shown, so that quick work doesn't flicker, milliseconds. */
const SHOW_AFTER_MS = 400

/** The kinds of waits, the narrowest first. */
const KINDS: readonly Wait['kind'][] = ['command', 'request', 'work']

/**
 * Shows on a terminal what the program is waiting for: a spinner with what, where, how long and behind what, or a bar if the total is
 * known. Shows nothing if stderr is not a terminal.
 * @param quiet show nothing on a terminal either
 */
export function openProgress(stderr: Output, clock: Clock, quiet: boolean): Progress & { stop(): void } {
  return !stderr.isTerminal || quiet ? { ...SILENT, stop() {} } : new TerminalProgress(stderr, clock)
}

class TerminalProgress implements Progress {
  readonly #stderr: Output
  readonly #clock: Clock
  #spinner: Spinner | undefined
  /** Set while showing is scheduled; aborted when there is nothing left to show. */
  #coming: AbortController | undefined
  /** When to show it, by the monotonic clock, milliseconds. */
  #due = 0
  #step: Step | undefined
  #status: ((columns: number) => string) | undefined
  #waits: { wait: Wait; from: number }[] = []
  /** The cursor's line contains output. */
  #open = false
  #holds = 0
  /** The status has been shown already. */
  #hasStood = false

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

  status(text: (columns: number) => string): void {
    this.#status = text
    this.#begin()
  }

  end(): void {
    this.#step = this.#status = undefined
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
    // Confirm at once that Ctrl-C was received.
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
      if (this.#step === undefined && this.#status === undefined) this.#again()
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

  /** The work of the command that runs. Narrower waits that don't belong to such work are not shown. */
  get #work(): { wait: Wait; from: number } | undefined {
    return this.#waits.find(({ wait: { kind } }) => kind === 'work')
  }

  get #isShowing(): boolean {
    return this.#holds === 0 && !this.#open && (this.#step !== undefined || this.#status !== undefined || this.#work !== undefined)
  }

  /** Schedules showing the progress, unless it is shown already. @param delayMs milliseconds from now */
  #begin(delayMs = SHOW_AFTER_MS): void {
    if (this.#spinner !== undefined || !this.#isShowing) return
    const due = this.#clock.monotonic() + delayMs
    if (this.#coming !== undefined && due >= this.#due) return
    this.#coming?.abort()
    this.#due = due
    void this.#show((this.#coming = new AbortController()))
  }

  /** Clears what is shown, and schedules it again if there is still something to show. */
  #again(): void {
    // Rows may come faster than work is taken for slow: a status that was there is there again at once, and one that is due soon is not put off.
    const rest = this.#hasStood ? 0 : this.#due - this.#clock.monotonic()
    const isDue = this.#status !== undefined && (this.#hasStood || this.#coming !== undefined)
    this.#coming?.abort()
    this.#coming = undefined
    this.#spinner?.stop()
    this.#spinner = undefined
    this.#begin(isDue ? Math.max(0, rest) : SHOW_AFTER_MS)
  }

  async #show(coming: AbortController): Promise<void> {
    try {
      const rest = this.#due - this.#clock.monotonic()
      if (rest > 0) await this.#clock.sleep(rest, coming.signal)
      const { openSpinner } = await import('./spinner.ts')
      if (coming.signal.aborted) return
      this.#spinner = openSpinner(() => this.#text())
      this.#hasStood = this.#status !== undefined
    } catch {
      // The wait ended before it had to be shown.
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
    if (this.#status !== undefined && !ended) return statusLine(this.#status, this.#stderr.columns())
    if (step === undefined) return ''
    const more = ended ? 'again: leave it' : wait?.more?.()
    const label = !ended ? step.label : `ending ${waits.map(({ ending }) => ending?.()).find(text => text !== undefined) ?? step.label} …`
    return progressLine({ ...step, label }, now, this.#stderr.columns(), more, ended)
  }
}

/** Returns an output that clears the progress before it writes. */
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
