import type { Clock, Output, Progress } from '../core/ports.ts'
import { SILENT } from '../core/ports.ts'
import { formatSize } from '../core/quantity.ts'
import { shortened } from '../core/text/shorten.ts'
import { escapeLine } from './escape.ts'
import type { Spinner } from './spinner.ts'

/** Milliseconds before a step is shown: quick ones never flicker. */
const PATIENCE = 150
const BAR = 24
/** Characters of what goes on that are shown. */
const LONGEST_LABEL = 59

/**
 * A spinner, or a bar where the total is known, on a terminal; nothing elsewhere.
 * @param quiet nothing on a terminal either
 */
export function openProgress(stderr: Output, clock: Clock, quiet: boolean): Progress & { stop(): void } {
  if (!stderr.isTerminal || quiet) return { ...SILENT, stop() {} }
  let spinner: Spinner | undefined
  let waiting: AbortController | undefined
  let step: { label: string, total?: number, unit: 'bytes' | 'percent', done: number, from: number } | undefined

  const text = () => {
    if (step === undefined) return ''
    const { label, total, unit, done, from } = step
    const shown = escapeLine(shortened(label, LONGEST_LABEL))
    if (total === undefined) return clock.monotonic() - from < 2000 ? shown : `${shown}  ${Math.round((clock.monotonic() - from) / 1000)} s`
    const part = total === 0 ? 1 : Math.min(1, done / total)
    const bar = '█'.repeat(Math.round(part * BAR)).padEnd(BAR, '░')
    const percent = `${Math.floor(part * 100)}%`.padStart(4)
    if (unit === 'percent') return `${shown}  ${bar} ${percent}`
    const rate = done / Math.max(0.001, (clock.monotonic() - from) / 1000)
    return `${shown}  ${bar} ${percent}  ${formatSize(done)} of ${formatSize(total)}, ${formatSize(rate)}/s`
  }
  const show = async () => {
    if (waiting !== undefined || spinner !== undefined) return
    const stop = new AbortController()
    waiting = stop
    try {
      await clock.sleep(PATIENCE, stop.signal)
      const { openSpinner } = await import('./spinner.ts')
      if (!stop.signal.aborted && step !== undefined) spinner = openSpinner(text)
    } catch {
      // It was over before it had to be shown.
    } finally {
      if (waiting === stop) waiting = undefined
    }
  }
  const stop = () => {
    step = undefined
    waiting?.abort()
    waiting = undefined
    spinner?.stop()
    spinner = undefined
  }
  return {
    step(label, total, unit = 'bytes') {
      step = { label, ...(total === undefined ? {} : { total }), unit, done: 0, from: clock.monotonic() }
      void show()
    },
    at(done) {
      if (step !== undefined) step.done = done
    },
    end: stop,
    stop,
  }
}

/** An output that takes the spinner away before it writes. */
export function clearing(stdout: Output, progress: Progress): Output {
  return {
    ...stdout,
    write(data) {
      progress.end()
      return stdout.write(data)
    },
  }
}
