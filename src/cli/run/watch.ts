import type { Host } from '../../core/host.ts'
import { Bell } from '../../core/bell.ts'
import { formatDuration } from '../../core/quantity.ts'
import { endedOf, paceOf, statusLine } from '../../runs/counts.ts'
import { failureLine, failures, slowest, type RunView } from '../../runs/view.ts'
import { Redraw } from '../../ui/redraw.ts'

/** How often the picture is drawn at least, milliseconds. */
const DRAW_EVERY_MS = 1000
/** Lines above the lists: the run, its state, a blank one. */
const HEAD_LINES = 3

/** Follows a run until nobody works on it any more; on a terminal it is drawn meanwhile. @throws the interruption */
export async function watchRun(view: RunView, host: Host): Promise<void> {
  const { clock, stdout, terminal, interrupt } = host
  const bell = new Bell()
  const stop = view.folder.watch(() => bell.ring())
  const picture = stdout.isTerminal ? new Redraw(stdout, () => terminal.rows()) : undefined
  const begun = clock.monotonic()
  const before = endedOf(view.counts)
  try {
    for (; view.isAlive; await view.update()) {
      await picture?.draw(linesOf(view, { now: clock.now(), since: clock.monotonic() - begun, before, room: picture.room }))
      // Not at each change: a run over thousands of devices changes hundreds of times a second.
      await clock.sleep(DRAW_EVERY_MS / 5, interrupt)
      await bell.heard(clock, DRAW_EVERY_MS, interrupt)
    }
  } finally {
    stop()
    await picture?.clear()
  }
}

interface Moment {
  /** Milliseconds since 1970. */
  now: number
  /** Milliseconds that the run has been watched, and how many devices were finished before. */
  since: number
  before: number
  room: number
}

/** The picture of a run: counts, rate, time left, then the failed and the slowest, as far as there is room. */
function linesOf(view: RunView, { now, since, before, room }: Moment): string[] {
  const { record, counts } = view
  const pace = paceOf(counts, before, since)
  const failed = failures(view).map(failureLine)
  const slow = slowest(view, Math.max(1, Math.floor((room - HEAD_LINES) / 3)), now).map(
    row => `${nameOf(row)}  ${formatDuration(Number(row['duration_ms']))}${row['state'] === 'running' ? ', still running' : ''}`,
  )
  const space = Math.max(0, room - HEAD_LINES - slow.length - 2)
  // The newest failures: the list ends where the picture does.
  const shown = failed.slice(-Math.max(0, space - 1))
  return [
    `run ${record.run}`,
    `${statusLine(counts)}${pace === '' ? '' : `; ${pace}`}`,
    '',
    ...(slow.length === 0 ? [] : ['slowest:', ...slow.map(line => `  ${line}`)]),
    ...(failed.length === 0 || space < 2 ? [] : [`not done: ${failed.length}`, ...shown.map(line => `  ${line}`)]),
  ]
}

function nameOf({ device_name: name, device_id: id }: Record<string, unknown>): string {
  return String(name ?? id)
}
