import type { ApprovalFields } from '../../../api/device-control.ts'
import type { CsvRow } from '../../../core/text/csv.ts'
import { Malformed } from '../../../core/text/malformed.ts'
import { APPROVAL_FIELDS, type ApprovalField } from '../approval-rules.ts'
import { cellText, damageOf, looksRounded } from './cells.ts'
import { COLUMN_NAMES, meaningOf } from './columns.ts'

/** An approval as a file has it: a field that isn't there is not said, an empty one is empty. */
export interface FileRow {
  /** Where it begins, from 1. */
  line: number
  approval: ApprovalFields
  /** Why it can't be what was meant, in words; none: nothing speaks against it. */
  problems: string[]
}

/** Characters in which the form of a file and its headings show. */
const HEAD = 64 * 1024

/**
 * The approvals of a file, as they come: CSV with a comma, semicolon or tab, or JSON, an array or an object a line. What it is shows in its first characters.
 * @param text its lines end with LF (`decodeText`)
 * @param warn told, in a line, of what is probably not as it was meant, and yet may be
 * @throws Malformed: from some line on it can't be read
 */
export async function* readRows(text: AsyncIterable<string>, warn: (line: string) => void): AsyncGenerator<FileRow> {
  const { head, whole } = await peek(text)
  if (head.trim() === '') throw new Malformed(1, 'there is nothing in it')
  if (/^\s*[[{]/.test(head)) yield* jsonRows(whole)
  else yield* csvRows(head, whole, warn)
}

/** The first line at least, and the whole text again. */
async function peek(text: AsyncIterable<string>): Promise<{ head: string, whole: AsyncIterable<string> }> {
  const pieces = text[Symbol.asyncIterator]()
  let head = ''
  while (!/\S[^\n]*\n/.test(head) && head.length < HEAD) {
    const { value, done } = await pieces.next()
    if (done === true) break
    head += value
  }
  const rest: AsyncIterable<string> = { [Symbol.asyncIterator]: () => pieces }
  return { head, whole: (async function* () { yield head; yield* rest })() }
}

async function* jsonRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  const { readJsonObjects } = await import('../../../core/text/json-objects.ts')
  for await (const { line, value } of readJsonObjects(text)) yield value === undefined ? { line, approval: {}, problems: ['is not valid JSON'] } : fromJson(line, value)
}

function fromJson(line: number, value: Record<string, unknown>): FileRow {
  const approval: ApprovalFields = {}
  const problems: string[] = []
  for (const [name, content] of Object.entries(value)) {
    const meaning = meaningOf(name)
    if (meaning === 'mistaken') problems.push(mistaken('field', name))
    if (typeof meaning === 'string') continue
    if (content === null || typeof content === 'string') approval[meaning.field] = content ?? ''
    else problems.push(`${meaning.field} is no text${typeof content === 'number' ? ': numbers lose their digits, write it in quotes' : ''}`)
  }
  return { line, approval, problems }
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
function delimiterOf(head: string): { delimiter: string, declared: boolean } {
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
  if (!heading.some(field => field !== undefined && field.endsWith('_id') || field === 'serial_number')) {
    throw new Malformed(line, `the first line has to name the columns, as vendor_id,product_id,serial_number,approval_name,notes; of these it has ${heading.filter(Boolean).join(' and ') || 'none'}`)
  }
  const unknown = columns.filter(({ name, meaning }) => meaning === 'unknown' && name !== '').map(({ name }) => `"${name}"`)
  if (unknown.length > 0) warn(`columns that mean nothing here are left out: ${unknown.join(', ')}`)
  return heading
}

/** A row with fewer cells than headings has nothing in the others: spreadsheets leave off empty cells at its end. */
function fromCells({ line, cells }: CsvRow, heading: Heading, warn: (line: string) => void): FileRow {
  const approval: ApprovalFields = {}
  const problems: string[] = []
  if (cells.slice(heading.length).some(cell => cell.trim() !== '')) {
    problems.push(`has ${cells.length} cells, and the first line ${heading.length}: one with the delimiter in it has to be in quotes`)
  }
  heading.forEach((field, at) => {
    if (field === undefined) return
    const text = cellText(field, cells[at] ?? '')
    const damage = damageOf(field, text)
    if (damage !== undefined) problems.push(damage)
    if (looksRounded(field, text)) warn(`line ${line}: serial_number ${text} looks as if a spreadsheet had rounded it`)
    approval[field] = text
  })
  return { line, approval, problems }
}

function mistaken(what: string, name: string): string {
  return `the ${what} "${name}" is none of an approval: is it one of ${COLUMN_NAMES}?`
}
