import type { ApprovalFields } from '../../../api/device-control.ts'
import type { CsvRow } from '../../../core/text/csv.ts'
import { Malformed } from '../../../core/text/malformed.ts'
import { APPROVAL_FIELDS, isIdentifying, type ApprovalField } from '../approval-rules.ts'
import { cellText } from './cells.ts'
import { COLUMN_NAMES, meaningOf } from './columns.ts'
import { readIdentifying } from './identifying.ts'

/** An approval as read from a file. A missing field leaves the value open, an empty one makes it empty. */
export interface FileRow {
  /** The line where it starts, counted from 1. */
  line: number
  approval: ApprovalFields
  /** What is wrong with it; empty if nothing is. */
  problems: string[]
  /** Why it may not be what the user meant, to be checked against the service. */
  doubt?: string
}

/** How many characters are enough to recognize the format and the headings of a file. */
const HEAD_CHARS = 64 * 1024

/**
 * Yields the approvals of a file: CSV with comma, semicolon or tab, or JSON, an array or one object per line. The first characters tell which.
 * @param text with LF line ends (`decodeText`)
 * @param warn called with one line about something that is probably a mistake but is accepted
 * @throws Malformed the file can't be read beyond some line
 */
export async function* readRows(text: AsyncIterable<string>, warn: (line: string) => void): AsyncGenerator<FileRow> {
  const { head, whole } = await peek(text)
  if (head.trim() === '') throw new Malformed(1, 'the file is empty')
  if (/^\s*[[{]/.test(head)) yield* jsonRows(whole, warn)
  else yield* csvRows(head, whole, warn)
}

/** Returns at least the first line, and the whole text again. */
async function peek(text: AsyncIterable<string>): Promise<{ head: string; whole: AsyncIterable<string> }> {
  const pieces = text[Symbol.asyncIterator]()
  let head = ''
  while (!head.trimStart().includes('\n') && head.length < HEAD_CHARS) {
    const { value, done } = await pieces.next()
    if (done === true) break
    head += value
  }
  const rest: AsyncIterable<string> = { [Symbol.asyncIterator]: () => pieces }
  return {
    head,
    whole: (async function* () {
      yield head
      yield* rest
    })(),
  }
}

async function* jsonRows(text: AsyncIterable<string>, warn: (line: string) => void): AsyncGenerator<FileRow> {
  const { readJsonObjects } = await import('../../../core/text/json-objects.ts')
  for await (const { line, value } of readJsonObjects(text))
    yield value === undefined ? { line, approval: {}, problems: ['is not valid JSON'] } : fromJson(line, value, warn)
}

function fromJson(line: number, value: Record<string, unknown>, warn: (line: string) => void): FileRow {
  const row = new Reading(line, warn)
  for (const [name, content] of Object.entries(value)) {
    const meaning = meaningOf(name)
    if (meaning === 'mistaken') row.problems.push(mistaken('field', name))
    if (typeof meaning === 'string') continue
    if (content === null || typeof content === 'string') row.take(meaning.field, content ?? '', false)
    else
      row.problems.push(
        `${meaning.field} is not text${typeof content === 'number' ? ': numbers lose their digits, write it in quotes' : ''}`,
      )
  }
  return row.whole
}

/** Reads a row field by field. */
class Reading {
  readonly problems: string[] = []
  readonly #line: number
  readonly #warn: (line: string) => void
  readonly #approval: ApprovalFields = {}
  #doubt: string | undefined

  constructor(line: number, warn: (line: string) => void) {
    this.#line = line
    this.#warn = warn
  }

  /** Reads one field. @param cells whether it comes from a cell of a CSV file */
  take(field: ApprovalField, given: string, cells: boolean): void {
    const { text, problem, warning, doubt } = isIdentifying(field) ? readIdentifying(field, given, cells) : { text: given }
    this.#approval[field] = text
    if (problem !== undefined) this.problems.push(problem)
    if (warning !== undefined) this.#warn(`line ${this.#line}: ${warning}`)
    this.#doubt ??= doubt
  }

  get whole(): FileRow {
    return {
      line: this.#line,
      approval: this.#approval,
      problems: this.problems,
      ...(this.#doubt === undefined ? {} : { doubt: this.#doubt }),
    }
  }
}

async function* csvRows(head: string, text: AsyncIterable<string>, warn: (line: string) => void): AsyncGenerator<FileRow> {
  const { readCsv } = await import('../../../core/text/csv.ts')
  const { delimiter, declared } = delimiterOf(head)
  let heading: Heading | undefined
  for await (const row of readCsv(text, delimiter)) {
    if (declared && row.line === 1) continue
    if (heading === undefined) heading = readHeading(row, warn)
    else if (row.cells.some(cell => cell.trim() !== '')) yield fromCells(row, heading, warn)
  }
}

/** Returns the delimiter: declared by a spreadsheet in the first line (`sep=;`), or else the most frequent one in the headings. */
function delimiterOf(head: string): { delimiter: string; declared: boolean } {
  const declared = /^"?sep=([^\n])"?(?:\n|$)/i.exec(head)?.[1]
  if (declared !== undefined) return { delimiter: declared, declared: true }
  const [headings = ''] = head.trimStart().split('\n', 1)
  const count = (delimiter: string) => headings.split(delimiter).length
  return { delimiter: [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best)), declared: false }
}

/** The field of each column; undefined for columns that are ignored. */
type Heading = (ApprovalField | undefined)[]

/** Reads the headings. @throws Malformed they are not those of approvals */
function readHeading({ line, cells }: CsvRow, warn: (line: string) => void): Heading {
  const columns = cells.map(name => ({ name: name.trim(), meaning: meaningOf(name) }))
  const wrong = columns.find(({ meaning }) => meaning === 'mistaken')
  if (wrong !== undefined) throw new Malformed(line, mistaken('column', wrong.name))
  const heading = columns.map(({ meaning }) => (typeof meaning === 'string' ? undefined : meaning.field))
  const twice = APPROVAL_FIELDS.find(field => heading.indexOf(field) !== heading.lastIndexOf(field))
  if (twice !== undefined) throw new Malformed(line, `the column ${twice} occurs twice`)
  if (!heading.some(field => (field !== undefined && field.endsWith('_id')) || field === 'serial_number')) {
    throw new Malformed(
      line,
      `the first line has to name the columns, as in vendor_id,product_id,serial_number,approval_name,notes; of these it has ${heading.filter(Boolean).join(' and ') || 'none'}`,
    )
  }
  const unknown = columns.filter(({ name, meaning }) => meaning === 'unknown' && name !== '').map(({ name }) => `"${name}"`)
  if (unknown.length > 0) warn(`unknown columns are ignored: ${unknown.join(', ')}`)
  return heading
}

/**
 * Reads a row. It may have fewer cells than headings, since spreadsheets drop empty cells at the end, so a missing name or notes is fine. If
 * a cell that identifies USB devices is missing, the row was cut off and would approve other devices.
 */
function fromCells({ line, cells }: CsvRow, heading: Heading, warn: (line: string) => void): FileRow {
  const row = new Reading(line, warn)
  if (cells.slice(heading.length).some(cell => cell.trim() !== '')) {
    row.problems.push(
      `has ${cells.length} cells, but the first line has ${heading.length}: put a cell that contains the delimiter in quotes`,
    )
  }
  const missing = heading.slice(cells.length).filter(field => field !== undefined && isIdentifying(field))
  if (missing.length > 0)
    row.problems.push(
      `has ${cells.length} of ${heading.length} cells, and none for ${missing.join(' and ')}: an empty cell needs its delimiter too`,
    )
  heading.forEach((field, at) => {
    if (field !== undefined) row.take(field, cellText(cells[at] ?? ''), true)
  })
  return row.whole
}

function mistaken(what: string, name: string): string {
  return `the ${what} "${name}" is not part of an approval: did you mean one of ${COLUMN_NAMES}?`
}
