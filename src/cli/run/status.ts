import { linked } from '../../core/abort.ts'
import type { Clock, Output, Progress } from '../../core/ports.ts'
import { statusLine, type Counts } from '../../runs/counts.ts'
import { escapeLine } from '../../ui/escape.ts'

/** How often the state of a run is told where no line can stand on a terminal, milliseconds. */
const TELL_EVERY_MS = 30_000

export interface StatusOptions {
  /** `ps`. */
  what: string
  stderr: Output
  progress: Progress
  clock: Clock
  quiet: boolean
  counts(): Counts
}

/** Shows how far a run is: a line that stands on a terminal, elsewhere a line from time to time. */
export interface RunStatus {
  /** Something has changed. */
  update(): void
  stop(): void
}

export function runStatus({ what, stderr, progress, clock, quiet, counts }: StatusOptions): RunStatus {
  const over = linked()
  if (!stderr.isTerminal && !quiet) void tell()
  return {
    update() {
      if (!stderr.isTerminal || quiet) return
      const now = counts()
      progress.step(`${what}: ${statusLine(now)}`, now.all, 'percent')
      progress.at(now.all - now['not begun'] - now.running - now.waiting)
    },
    stop() {
      over.abort(undefined)
      progress.end()
    },
  }

  async function tell(): Promise<void> {
    for (;;) {
      try {
        await clock.sleep(TELL_EVERY_MS, over.signal)
      } catch {
        return
      }
      await stderr.write(`cbc: ${escapeLine(`${what}: ${statusLine(counts())}`)}\n`)
    }
  }
}
