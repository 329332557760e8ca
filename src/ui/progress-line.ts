import { formatDuration, formatSize } from '../core/quantity.ts'
import { shortened } from '../core/text/shorten.ts'
import { escapeLine } from './escape.ts'

/** A step of the work that a progress line shows. */
export interface Step {
  label: string
  /** In `unit`; absent if unknown. */
  total?: number
  unit: 'bytes' | 'percent'
  done: number
  /** When it began, by the monotonic clock, milliseconds. */
  from: number
}

const BAR_WIDTH = 24
/** The most characters of a label, if the terminal has room, and the fewest. */
const MAX_LABEL_WIDTH = 60
const MIN_LABEL_WIDTH = 12
/** Columns beside the text: the spinner, a blank, and the last column, where a terminal would wrap. */
const RESERVED_CELLS = 3

/**
 * Returns the line that shows a step: `WIN-FIN-01: process list  3 s, behind job 1`. It is no wider than the terminal.
 * @param now  by the monotonic clock, milliseconds
 * @param more an additional remark
 * @param bare without time and bar, for a step that is being ended
 */
export function progressLine(step: Step, now: number, columns: number, more: string | undefined, bare = false): string {
  const behind = [...(bare ? [] : [describeProgress(step, now)]), ...(more === undefined ? [] : [escapeLine(more)])].filter(
    part => part !== '',
  )
  const tail = behind.length === 0 ? '' : `${bare ? '; ' : '  '}${behind.join(', ')}`
  const room = Math.min(MAX_LABEL_WIDTH, Math.max(MIN_LABEL_WIDTH, columns - RESERVED_CELLS - tail.length))
  return `${fitting(escapeLine(step.label), room)}${tail}`
}

/** Returns the line of a status, which is no wider than the terminal. */
export function statusLine(text: (columns: number) => string, columns: number): string {
  const room = Math.max(MIN_LABEL_WIDTH, columns - RESERVED_CELLS)
  return fitting(escapeLine(text(room)), room)
}

function fitting(label: string, room: number): string {
  return label.length > room ? shortened(label, room - 1) : label
}

/** Describes the progress: the time so far, or a bar if the total is known. */
function describeProgress({ total, unit, done, from }: Step, now: number): string {
  const ms = now - from
  if (total === undefined) return ms < 1000 ? '' : ms < 60_000 ? `${Math.floor(ms / 1000)} s` : formatDuration(ms)
  const part = total === 0 ? 1 : Math.min(1, done / total)
  const bar = `${'█'.repeat(Math.round(part * BAR_WIDTH)).padEnd(BAR_WIDTH, '░')} ${`${Math.floor(part * 100)}%`.padStart(4)}`
  if (unit === 'percent') return bar
  return `${bar}  ${formatSize(done)} of ${formatSize(total)}, ${formatSize(done / Math.max(0.001, ms / 1000))}/s`
}
