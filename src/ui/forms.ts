import { formatSize } from '../core/quantity.ts'
import type { Column, Row } from '../core/result.ts'
import { parseTime, relativeTime } from '../core/time.ts'
import { textOf, title } from './column-text.ts'

/** How times and sizes are shown. Absent: in full, and shorter if a table is too wide. */
export interface Look {
  times?: 'utc' | 'local' | 'relative'
  sizes?: 'human' | 'bytes'
  /** Milliseconds since 1970, for relative times. */
  now?: number
}

/** One of the ways to show a column. */
export interface Form {
  title: string
  /** Unescaped, without the lead: it must not be shown as it is. */
  text: (row: Row) => string
}

/** Returns the forms of a column, the fullest first. */
export function formsOf(column: Column, look: Look): [Form, ...Form[]] {
  const full: Form = { title: title(column), text: row => textOf(row, column) }
  const brief = column.brief ?? full.title
  const as = (say: (text: string) => string, heading = brief): Form => ({ title: heading, text: row => say(full.text(row)) })
  if (column.kind === 'time') return timeForms(full, as, look)
  if (column.kind === 'size')
    return look.sizes === 'human' ? [as(humanSize, full.title)] : look.sizes === 'bytes' ? [full] : [full, as(humanSize)]
  const { shorter } = column
  return shorter === undefined ? [full] : [full, { title: brief, text: shorter }]
}

function timeForms(full: Form, as: (say: (text: string) => string, heading?: string) => Form, { times, now }: Look): [Form, ...Form[]] {
  if (times === 'local') return [as(localTime, full.title), as(localMinute)]
  const relative = now === undefined ? [] : [as(text => age(text, now))]
  const [only] = relative
  if (times === 'relative' && only !== undefined) return [only]
  const utc: [Form, Form] = [full, as(text => text.replace(/\.\d+Z$/, 'Z'))]
  return times === 'utc' ? utc : [...utc, ...relative]
}

/** Formats a time in the time zone of this machine, with its offset from UTC: `2024-05-01 14:00:00 +02:00`. */
export function localTime(text: string): string {
  const ms = parseTime(text)
  if (ms === undefined) return text
  const at = new Date(ms)
  const east = -at.getTimezoneOffset()
  return `${localMinute(text)}:${two(at.getSeconds())} ${east < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`
}

/** Formats a time in the time zone of this machine, to the minute. */
function localMinute(text: string): string {
  const ms = parseTime(text)
  if (ms === undefined) return text
  const at = new Date(ms)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** Writes a time of the API relative to now; a text that can't be read stays as it is. */
function age(text: string, now: number): string {
  const ms = parseTime(text)
  return ms === undefined ? text : relativeTime(ms, now)
}

function humanSize(text: string): string {
  return /^\d+$/.test(text) ? formatSize(Number(text)) : text
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
