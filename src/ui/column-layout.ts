import { largest } from '../core/lists.ts'
import type { Column, Mark, Row } from '../core/result.ts'
import { shortened } from '../core/text/shorten.ts'
import { textOf } from './column-text.ts'
import { widthOf } from './cut.ts'
import { escapeLine } from './escape.ts'
import { formsOf, type Form, type Look } from './forms.ts'
import { SIGNS } from './signs.ts'

/** Characters between two columns. */
export const GAP = 2
/** The least width of a flexible column, and the one that is used if the table would still not fit, characters. */
const NARROWEST = [12, 6] as const
/**
 * The width of a column that wraps. Others are shortened until it has `comfortable` characters, columns are left out until it has `share`
 * of the terminal, and it never gets fewer than `least` characters.
 */
const EVIDENCE = { comfortable: 48, least: 24, share: 0.4 }
/** How many characters of a cell are shown: one name of megabytes would make every row as wide. JSON and CSV have the whole text. */
const MAX_CELL_CHARS = 1000
/** The same for evidence, which should never be cut: more than a command line or most values can have. */
const MAX_EVIDENCE_CHARS = 1024 * 1024

/** A column as it is drawn. */
export interface Placed {
  column: Column
  title: string
  /** Characters, without the gap. */
  width: number
  /** Escaped: the lead, which is never cut; the sign of a mark with a blank; and the text. */
  lead: (row: Row) => string
  sign: (row: Row) => string
  text: (row: Row) => string
  /** Columns whose texts are drawn beneath this one's. */
  beneath: readonly Column[]
}

export interface Layout {
  placed: Placed[]
  /** Columns for which there was no room. */
  leftOut: Column[]
}

/** A column with its forms and their widths. */
interface Measured {
  column: Column
  forms: Form[]
  /** Returns how many characters one of its forms needs. */
  widthAt: (level: number) => number
  beneath: readonly Column[]
}

/**
 * Decides which columns a table has, in which form and how wide, so that it fits the terminal. First columns take shorter forms, then
 * the least important ones are left out; the room that remains gives some of them a fuller form again.
 * @param rows  all rows: their cells decide how wide the columns are
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

/** Removes columns until the others fit in their shortest forms, or no more may go. @returns the columns that were removed */
function leaveOut(kept: Measured[], width: number): Column[] {
  const leftOut: Column[] = []
  // A name that is already short is not cut to keep a less important column.
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

/** Returns how many characters a column that wraps keeps before others are left out for it. */
function evidenceShare(width: number): number {
  return Math.max(EVIDENCE.least, Math.floor(width * EVIDENCE.share))
}

function importance({ column }: Measured): number {
  return column.priority ?? Infinity
}

/** Returns for each column the level of the fullest form that fits. All times share one level, and all sizes; they are served first. */
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
  const widest = ({ title, text }: Form) => {
    let most = widthOf(title)
    for (const row of rows) {
      most = Math.max(most, widthOf(leadOf(row, column) + signOf(row, column) + shown(text(row), column)))
      // Called for each cell of a list that can be long: nearly always there is nothing beneath.
      if (beneath.length > 0)
        most = largest(
          linesBeneath(row, beneath).map(line => widthOf(line.text)),
          most,
        )
    }
    return most
  }
  // Each form is measured only when it is needed, since lists can be long.
  const widthAt = (level: number) => (known[level] ??= widest(forms[level] as Form))
  return { column, forms, widthAt, beneath }
}

/** Returns the lines beneath a cell, each with the sign of its mark. */
export function linesBeneath(row: Row, beneath: readonly Column[]): { text: string; mark: Mark | undefined }[] {
  return beneath
    .map(column => ({ text: shown(textOf(row, column), column), mark: column.mark?.(row) }))
    .filter(({ text }) => text !== '')
    .map(({ text, mark }) => ({ text: `${mark === undefined ? '↳' : SIGNS[mark]} ${text}`, mark }))
}

/**
 * Returns how narrow a column can be in the form of a level, characters.
 * @param flexible least width of a column that can be cut
 * @param evidence least width of a column that wraps
 */
function leastWidth(one: Measured, level: number, flexible: number, evidence: number): number {
  const natural = one.widthAt(level)
  const least = one.column.evidence ? evidence : one.column.flexible ? flexible : Infinity
  return Math.min(natural, Math.max(least, widthOf(one.forms[level]?.title ?? '')))
}

/** Narrows columns until they fit: first those that wrap, which lose nothing, then those that can be cut, in proportion to their spare width. */
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
  return lead === undefined ? '' : escapeLine(lead(row))
}

function signOf(row: Row, { mark }: Column): string {
  const found = mark?.(row)
  return found === undefined ? '' : `${SIGNS[found]} `
}

/** Escapes a text, and shortens one that is far too long. */
function shown(text: string, { evidence }: Column): string {
  const most = evidence ? MAX_EVIDENCE_CHARS : MAX_CELL_CHARS
  return shortened(escapeLine(shortened(text, most)), most)
}

function sum(widths: readonly number[]): number {
  return widths.reduce((all, one) => all + one, 0) + GAP * Math.max(0, widths.length - 1)
}
