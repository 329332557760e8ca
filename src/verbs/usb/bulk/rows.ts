import type { ApprovalFields } from '../../../api/device-control.ts'
import type { CsvRow } from '../../../core/text/csv.ts'
import { Malformed } from '../../../core/text/malformed.ts'
import { APPROVAL_FIELDS, isIdentifying, type ApprovalField } from '../approval-rules.ts'
import { cellText } from './cells.ts'
import { COLUMN_NAMES, meaningOf } from './columns.ts'
import { readIdentifying } from './identifying.ts'

/** An approval as a file has it: a field that isn't there is not said, an empty one is empty. */
export interface FileRow {
  /** Where it begins, from 1. */
  line: number
  approval: ApprovalFields
  /** Why it can't be what was meant, in words; none: nothing speaks against it. */
  problems: string[]
  /** Why it may not be what was meant: to be looked up. */
  doubt?: string
}

/** Characters in which the form of a file and its headings show. */
const HEAD_CHARS = 64 * 1024

/**
 * The approvals of a file, as they come: CSV with a comma, semicolon or tab, or JSON, an array or an object a line. What it is shows in its
 * first characters.
 * @param text its lines end with LF (`decodeText`)
 * @param warn told, in a line, of what is probably not as it was meant, and yet may be
 * @throws Malformed: from some line on it can't be read
 */
export async function* readRows(text: AsyncIterable<string>, warn: (line: string) => void): AsyncGenerator<FileRow> {
  const { head, whole } = await peek(text)
  if (head.trim() === '') throw new Malformed(1, 'there is nothing in it')
  if (/^\s*[[{]/.test(head)) yield* jsonRows(whole, warn)
  else yield* csvRows(head, whole, warn)
}

/** The first line at least, and the whole text again. */
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
        `${meaning.field} is no text${typeof content === 'number' ? ': numbers lose their digits, write it in quotes' : ''}`,
      )
  }
  return row.whole
}

/** A row that is being read, field by field. */
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

  /** @param cells whether it stood in a cell */
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

/** What stands between cells: what a spreadsheet declares in a first line (`sep=;`), or what is most often in the headings. */
function delimiterOf(head: string): { delimiter: string; declared: boolean } {
  const declared = /^"?sep=([^\n])"?(?:\n|$)/i.exec(head)?.[1]
  if (declared !== undefined) return { delimiter: declared, declared: true }
  const [headings = ''] = head.trimStart().split('\n', 1)
  const count = (delimiter: string) => headings.split(delimiter).length
  return { delimiter: [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best)), declared: false }
}

/** What each column is; undefined: nothing that matters. */
type Heading = (ApprovalField | undefined)[]

/** @throws Malformed: it isn't one of approvals */
function readHeading({ line, cells }: CsvRow, warn: (line: string) => void): Heading {
  const columns = cells.map(name => ({ name: name.trim(), meaning: meaningOf(name) }))
  const wrong = columns.find(({ meaning }) => meaning === 'mistaken')
  if (wrong !== undefined) throw new Malformed(line, mistaken('column', wrong.name))
  const heading = columns.map(({ meaning }) => (typeof meaning === 'string' ? undefined : meaning.field))
  const twice = APPROVAL_FIELDS.find(field => heading.indexOf(field) !== heading.lastIndexOf(field))
  if (twice !== undefined) throw new Malformed(line, `there are two columns ${twice}`)
  if (!heading.some(field => (field !== undefined && field.endsWith('_id')) || field === 'serial_number')) {
    throw new Malformed(
      line,
      `the first line has to name the columns, as vendor_id,product_id,serial_number,approval_name,notes; of these it has ${heading.filter(Boolean).join(' and ') || 'none'}`,
    )
  }
  const unknown = columns.filter(({ name, meaning }) => meaning === 'unknown' && name !== '').map(({ name }) => `"${name}"`)
  if (unknown.length > 0) warn(`columns that mean nothing here are left out: ${unknown.join(', ')}`)
  return heading
}

/**
 * A row with fewer cells than headings has no name or notes: spreadsheets leave off empty cells at its end. Where a cell is missing that
 * identifies USB devices, the row was cut off,
 * and would approve others.
 */
function fromCells({ line, cells }: CsvRow, heading: Heading, warn: (line: string) => void): FileRow {
  const row = new Reading(line, warn)
  if (cells.slice(heading.length).some(cell => cell.trim() !== '')) {
    row.problems.push(`has ${cells.length} cells, and the first line ${heading.length}: one with the delimiter in it has to be in quotes`)
  }
  const missing = heading.slice(cells.length).filter(field => field !== undefined && isIdentifying(field))
  if (missing.length > 0)
    row.problems.push(
      `has ${cells.length} of ${heading.length} cells, and none for ${missing.join(' and ')}: an empty one has its delimiter too`,
    )
  heading.forEach((field, at) => {
    if (field !== undefined) row.take(field, cellText(cells[at] ?? ''), true)
  })
  return row.whole
}

function mistaken(what: string, name: string): string {
  return `the ${what} "${name}" is none of an approval: is it one of ${COLUMN_NAMES}?`
}
