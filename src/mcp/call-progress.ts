import type { Clock, Progress } from '../core/ports.ts'
import { formatSize } from '../core/quantity.ts'
import { escapeLine } from '../ui/escape.ts'
import { shortened } from '../core/text/shorten.ts'

/** The least time between two reports, milliseconds. */
const INTERVAL_MS = 500
/** The longest text of a report, characters. */
const MAX_TEXT = 200

/** Tells a client how far a call is. @param tell sends it a text, with a number that grows */
export function callProgress(clock: Pick<Clock, 'monotonic'>, tell: (count: number, text: string) => void): Progress {
  let [count, last] = [0, -Infinity]
  let step: { label: string; total: number | undefined; unit: 'bytes' | 'percent' } | undefined
  const report = (text: string) => {
    const now = clock.monotonic()
    if (now - last < INTERVAL_MS) return
    last = now
    tell(++count, escapeLine(shortened(text, MAX_TEXT)))
  }
  return {
    step(label, total, unit = 'bytes') {
      step = { label, total, unit }
      report(label)
    },
    at(done) {
      if (step === undefined) return
      const { label, total, unit } = step
      const far = unit === 'percent' ? `${done} %` : total === undefined ? formatSize(done) : `${formatSize(done)} of ${formatSize(total)}`
      report(`${label}: ${far}`)
    },
    end() {
      step = undefined
    },
    wait(wait) {
      if (wait.kind !== 'request') report([wait.what(), wait.more?.()].filter(part => part !== undefined).join(', '))
      return () => {}
    },
    status() {},
    clear() {},
    hold: () => () => {},
  }
}
