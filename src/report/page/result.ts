import { isRecord } from '../../core/is-record.ts'
import { formatSize } from '../../core/quantity.ts'
import { escapeText } from '../../ui/escape.ts'
import type { EntryResult } from '../entry.ts'
import { data, el } from './dom.ts'

/** A result as the page holds it (islands.ts). */
interface HeldResult {
  text: string
  bytes: number
  cut: boolean
}

/** Rows and columns of a result that are drawn; the file in the case has all. */
const MOST_ROWS = 200
const MOST_COLUMNS = 30
/** The longest text of a cell that is drawn, characters. */
const LONGEST_CELL = 2000

/** Shows a command's result, and where the whole of it is. */
export function showResult(result: EntryResult): HTMLElement {
  const island = document.querySelector(`script[data-result="${CSS.escape(result.sha256)}"]`)
  const note = el('p', { class: 'note' }, `In the case: ${result.file}, SHA-256 ${result.sha256}`)
  if (island === null) {
    const size = result.bytes === undefined ? '' : ` (${formatSize(result.bytes)})`
    return el('div', { class: 'result' }, el('p', { class: 'none' }, `The result${size} is not in this page.`), note)
  }
  const held = JSON.parse(island.textContent ?? '{}') as HeldResult
  const rows = rowsOf(held)
  const body = rows === undefined ? lines(held.text) : rows.length === 0 ? el('p', { class: 'none' }, 'an empty list') : table(rows)
  const left =
    rows !== undefined && rows.length > MOST_ROWS
      ? `${(rows.length - MOST_ROWS).toLocaleString('en-GB')} further rows are not drawn.`
      : undefined
  const cut = held.cut ? `The result has ${formatSize(held.bytes)}; this page has its beginning.` : undefined
  return el(
    'div',
    { class: 'result' },
    body,
    ...[left, cut].map(text => (text === undefined ? undefined : el('p', { class: 'note cut' }, text))),
    note,
  )
}

/** Reads a list of rows, or one object, from JSON or lines of JSON; undefined where it is something else, or was cut in the middle. */
function rowsOf({ text, cut }: HeldResult): Record<string, unknown>[] | undefined {
  const whole = parsed(text)
  const list = Array.isArray(whole)
    ? whole
    : isRecord(whole)
      ? [whole]
      : text
          .split('\n')
          .filter(line => line.trim() !== '')
          .map(parsed)
  if (cut && whole === undefined) list.pop()
  return list.every(isRecord) ? list : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function table(rows: readonly Record<string, unknown>[]): HTMLElement {
  const names = [...new Set(rows.slice(0, MOST_ROWS).flatMap(row => Object.keys(row)))].slice(0, MOST_COLUMNS)
  if (rows.length === 1) return record(rows[0] ?? {}, names)
  const head = el('tr', {}, ...names.map(name => el('th', { scope: 'col' }, data(name))))
  const body = rows
    .slice(0, MOST_ROWS)
    .map(row => el('tr', {}, ...names.map(name => el('td', {}, cell(Object.hasOwn(row, name) ? row[name] : undefined)))))
  return el(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Result' },
    el('table', {}, el('thead', {}, head), el('tbody', {}, ...body)),
  )
}

function record(row: Record<string, unknown>, names: readonly string[]): HTMLElement {
  const body = names.map(name =>
    el('tr', {}, el('th', { scope: 'row' }, data(name)), el('td', {}, cell(Object.hasOwn(row, name) ? row[name] : undefined))),
  )
  return el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Result' }, el('table', {}, el('tbody', {}, ...body)))
}

function cell(value: unknown): Node | undefined {
  if (value == null) return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (!text.includes('\n')) return data(text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text)
  return lines(text)
}

/** A text of several lines as it is. */
export function lines(text: string): HTMLElement {
  const element = el('pre', { tabindex: '0' })
  element.textContent = escapeText(text)
  return element
}
