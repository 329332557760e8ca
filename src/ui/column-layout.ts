import { largest } from '../core/lists.ts'
import type { Column, Mark, Row } from '../core/result.ts'
import { shortened } from '../core/text/shorten.ts'
import { textOf } from './cells.ts'
import { widthOf } from './cut.ts'
import { escapeLine } from './escape.ts'
import { formsOf, type Form, type Look } from './forms.ts'

/** Characters between two columns. */
export const GAP = 2
/** A flexible column is not made narrower than this, unless the table would still not fit: then than that. */
const NARROWEST = [12, 6] as const
/**
 * What wraps gets so many characters before others are shortened for it, this share of the terminal before columns are left out for it, and
 * never fewer than those.
 */
const EVIDENCE = { comfortable: 48, least: 24, share: 0.4 }
/** Characters of a cell that are shown: one name of megabytes would make every row as wide. JSON and CSV have the whole. */
const MAX_CELL_CHARS = 1000
/** The same of what is never cut: more than a command line or most values can have. */
const MAX_EVIDENCE_CHARS = 1024 * 1024
const SIGNS: Record<Mark, string> = { good: '✓', bad: '✗', odd: '!' }

/** A column as it is drawn. */
export interface Placed {
  column: Column
  title: string
  /** Characters, without the gap. */
  width: number
  /** Harmless to show: what stands in front and is never cut, the sign of a mark with a blank, and the text. */
  lead: (row: Row) => string
  sign: (row: Row) => string
  text: (row: Row) => string
  /** Columns whose texts are drawn beneath this one's. */
  beneath: readonly Column[]
}

export interface Layout {
  placed: Placed[]
  /** There was no room for them. */
  leftOut: Column[]
}

/** A column with its forms and how wide they are. */
interface Measured {
  column: Column
  forms: Form[]
  /** Characters that one of its forms needs. */
  widthAt: (level: number) => number
  beneath: readonly Column[]
}

/**
 * Decides which columns a table has, in which form and how wide, so that it fits the terminal: first they take shorter forms, then columns
 * are left out, the
 * least important first; and what room is left then gives some of them a fuller form again.
 * @param rows  that show how wide cells are
 * @param width of the terminal, characters
 */
export function layOutColumns(rows: readonly Row[], columns: readonly Column[], width: number, look: Look): Layout {
  const isBeneath = ({ beneath }: Column) => columns.some(({ key }) => key === beneath)
  const kept = columns
    .filter(column => !isBeneath(column))
    .map(column =>
      measure(
        column,
        columns.filter(({ beneath }) => beneath === column.key),
        rows,
        look,
      ),
    )
  if (sum(kept.map(one => one.widthAt(0))) <= width) return { placed: kept.map(one => place(one, 0, one.widthAt(0))), leftOut: [] }
  const leftOut = leaveOut(kept, width)
  const levels = fullestForms(kept, width)
  const widths = narrowed(kept, levels, width)
  return { placed: kept.map((one, at) => place(one, levels[at] ?? 0, widths[at] ?? 0)), leftOut }
}

/** Takes columns away until the others fit in their shortest forms, or none may go any more. */
function leaveOut(kept: Measured[], width: number): Column[] {
  const leftOut: Column[] = []
  // A name that is short already is not cut so that a lesser column stays.
  const least = (one: Measured) =>
    leastWidth(one, one.forms.length - 1, one.forms.length > 1 ? Infinity : NARROWEST[0], evidenceShare(width))
  while (sum(kept.map(least)) > width) {
    const next = kept.reduce<Measured | undefined>(
      (found, one) => (importance(one) < (found === undefined ? Infinity : importance(found)) ? one : found),
      undefined,
    )
    if (next === undefined) break
    leftOut.push(next.column)
    kept.splice(kept.indexOf(next), 1)
  }
  return leftOut
}

/** Characters that what wraps keeps when others are cut or left out for it. */
function evidenceShare(width: number): number {
  return Math.max(EVIDENCE.least, Math.floor(width * EVIDENCE.share))
}

function importance({ column }: Measured): number {
  return column.priority ?? Infinity
}

/** Which of its forms each column has room for, by its place in the list. All times have one form, and all sizes; they come first. */
function fullestForms(kept: readonly Measured[], width: number): number[] {
  const groupOf = ({ column }: Measured) => column.kind ?? column.key
  const groups = new Set(['time', 'size', ...kept.map(groupOf)])
  const fits = (levels: readonly number[]) =>
    sum(kept.map((one, at) => leastWidth(one, levels[at] ?? 0, Infinity, EVIDENCE.comfortable))) <= width
  let levels = kept.map(({ forms }) => forms.length - 1)
  for (const group of groups) {
    const deepest = largest(kept.filter(one => groupOf(one) === group).map(({ forms }) => forms.length - 1))
    for (let level = 0; level < deepest; level++) {
      const fuller = levels.map((before, at) => (groupOf(kept[at] as Measured) === group ? level : before))
      if (!fits(fuller)) continue
      levels = fuller
      break
    }
  }
  return levels
}

function measure(column: Column, beneath: readonly Column[], rows: readonly Row[], look: Look): Measured {
  const forms = formsOf(column, look)
  const known: number[] = []
  const widest = ({ title, text }: Form) =>
    rows.reduce((most, row) => {
      const width = widthOf(leadOf(row, column) + signOf(row, column) + shown(text(row), column))
      return Math.max(most, width, largest(linesBeneath(row, beneath).map(line => widthOf(line.text))))
    }, widthOf(title))
  // Of a long list only what is needed is measured.
  const widthAt = (level: number) => (known[level] ??= widest(forms[level] as Form))
  return { column, forms, widthAt, beneath }
}

/** What a row has beneath a cell: the sign that tells what it is, and the text. */
export function linesBeneath(row: Row, beneath: readonly Column[]): { text: string; mark: Mark | undefined }[] {
  return beneath
    .map(column => ({ text: shown(textOf(row, column), column), mark: column.mark?.(row) }))
    .filter(({ text }) => text !== '')
    .map(({ text, mark }) => ({ text: `${mark === undefined ? '↳' : SIGNS[mark]} ${text}`, mark }))
}

/** How narrow a column in its form of a level can be. @param flexible of one that can be cut @param evidence of one that wraps */
function leastWidth(one: Measured, level: number, flexible: number, evidence: number): number {
  const natural = one.widthAt(level)
  const least = one.column.evidence ? evidence : one.column.flexible ? flexible : Infinity
  return Math.min(natural, Math.max(least, widthOf(one.forms[level]?.title ?? '')))
}

/** What is too much is taken first from what wraps, which loses nothing by it, then from what can be cut, each by what it has to give. */
function narrowed(kept: readonly Measured[], levels: readonly number[], width: number): number[] {
  const stages: [number, number][] = [
    [Infinity, EVIDENCE.comfortable],
    [Infinity, evidenceShare(width)],
    [NARROWEST[0], EVIDENCE.least],
    [NARROWEST[1], EVIDENCE.least],
  ]
  return stages.reduce(
    (widths, [flexible, evidence]) => {
      const excess = sum(widths) - width
      const spare = widths.map((one, at) => Math.max(0, one - leastWidth(kept[at] as Measured, levels[at] ?? 0, flexible, evidence)))
      const room = spare.reduce((all, one) => all + one, 0)
      if (excess <= 0 || room === 0) return widths
      const share = Math.min(1, excess / room)
      return widths.map((one, at) => one - Math.ceil((spare[at] ?? 0) * share))
    },
    kept.map((one, at) => one.widthAt(levels[at] ?? 0)),
  )
}

function place({ column, forms, beneath }: Measured, level: number, width: number): Placed {
  const form = forms[level] as Form
  return {
    column,
    title: form.title,
    width,
    lead: row => leadOf(row, column),
    sign: row => signOf(row, column),
    text: row => shown(form.text(row), column),
    beneath,
  }
}

function leadOf(row: Row, { lead }: Column): string {
  return escapeLine(lead?.(row) ?? '')
}

function signOf(row: Row, { mark }: Column): string {
  const found = mark?.(row)
  return found === undefined ? '' : `${SIGNS[found]} `
}

/** A text harmless to show, and of bearable length. */
function shown(text: string, { evidence }: Column): string {
  const most = evidence ? MAX_EVIDENCE_CHARS : MAX_CELL_CHARS
  return shortened(escapeLine(shortened(text, most)), most)
}

function sum(widths: readonly number[]): number {
  return widths.reduce((all, one) => all + one, 0) + GAP * Math.max(0, widths.length - 1)
}
