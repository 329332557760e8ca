import { usage } from '../core/errors.ts'
import type { Column, Row } from '../core/result.ts'

/** What is known of the names that --columns has. */
export interface Named {
  /** All that there can be, where the names were checked against it: a row need not have each. */
  known?: readonly string[]
  /** Takes the names that aren't there, which are no error then: their cells are empty. */
  missing?: Set<string>
}

/**
 * The columns asked for with --columns, by field or heading, in that order; else the result's own.
 * @param samples rows that show which other fields there are; none: nothing can be said against a name
 * @throws CbcError usage: no column or field is called that
 */
export function choose(
  wanted: readonly string[] | undefined,
  own: readonly Column[],
  samples: readonly Row[],
  { known, missing }: Named = {},
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

/** The fields asked for with --columns, in that order, as JSON has them: values, and texts only where a column is made of several. */
export function pick(wanted: readonly string[], own: readonly Column[], row: Row, named?: Named): Row {
  return Object.fromEntries(choose(wanted, own, [row], named).map(({ key, text }) => [key, row[key] ?? text?.(row) ?? null]))
}
