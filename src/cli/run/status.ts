import { linked } from '../../core/abort.ts'
import type { Clock, Output, Progress } from '../../core/ports.ts'
import { endedOf, paceOf, statusLine, type Counts } from '../../runs/counts.ts'
import { message } from '../../ui/message.ts'

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

/**
 * Shows how far a run is, until the returned function is called: a line that stands on a terminal, elsewhere a line from time to time.
 */
export function runStatus({ what, stderr, progress, clock, quiet, counts }: StatusOptions): () => void {
  const over = linked()
  const [from, before] = [clock.monotonic(), endedOf(counts())]
  if (!quiet && stderr.isTerminal) progress.status(line)
  else if (!quiet) void tell()
  return () => {
    over.abort(undefined)
    progress.end()
  }

  /** As much as there is room for: the counts matter more than the pace. */
  function line(columns: number): string {
    const now = counts()
    const short = `${what}: ${statusLine(now)}`
    const pace = paceOf(now, before, clock.monotonic() - from)
    const long = `${short}; ${pace}`
    return pace === '' || long.length > columns ? short : long
  }

  async function tell(): Promise<void> {
    for (;;) {
      try {
        await clock.sleep(TELL_EVERY_MS, over.signal)
      } catch {
        return
      }
      await stderr.write(message(`cbc: ${what}: ${statusLine(counts())}`, stderr))
    }
  }
}
