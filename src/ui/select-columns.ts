import { usage } from '../core/errors.ts'
import type { Column, Row } from '../core/result.ts'

/** How the names in --columns are checked. */
export interface NameCheck {
  /** All possible fields, if the names were checked against them already: a row need not have all of them. */
  known?: readonly string[]
  /** Collects unknown names. With it they are not an error: their cells are empty. */
  missing?: Set<string>
}

/**
 * Returns the columns asked for with --columns, by field or heading, in that order; without it, the result's own.
 * @param samples rows that show which other fields exist; if there are none, every name is accepted
 * @throws CbcError usage: no column or field has that name
 */
export function selectColumns(
  wanted: readonly string[] | undefined,
  own: readonly Column[],
  samples: readonly Row[],
  { known, missing }: NameCheck = {},
): Column[] {
  if (wanted === undefined) return [...own]
  const fields =
    known === undefined ? new Set([...own.map(column => column.key), ...samples.flatMap(sample => Object.keys(sample))]) : undefined
  return wanted.map(name => {
    const column = own.find(one => one.key === name || one.title === name)
    if (column === undefined && fields !== undefined && samples.length > 0 && !fields.has(name)) {
      if (missing === undefined) throw usage(`--columns: there is no "${name}"`, `choose from ${[...fields].join(', ')}`)
      missing.add(name)
    }
    return column ?? { key: name }
  })
}

/** Returns the fields asked for with --columns, in that order, for JSON: values, or the text of a column that combines several fields. */
export function selectFields(wanted: readonly string[], own: readonly Column[], row: Row, check?: NameCheck): Row {
  return Object.fromEntries(selectColumns(wanted, own, [row], check).map(({ key, text }) => [key, row[key] ?? text?.(row) ?? null]))
}
