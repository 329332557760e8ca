import { HttpError } from '../http.ts'
import { objectOf, whole, type Body } from './search.ts'

/** Functions that return an item's values of a field; the item counts for each of them. */
export type Facets<T> = Readonly<Record<string, (item: T) => readonly string[]>>

/**
 * Parses the `terms` of a facet request.
 * @returns the fields, and how many of the most frequent values to return for each; Infinity: all
 * @throws HttpError 400
 */
export function parseTerms(body: Body, known: Facets<never>): { fields: readonly string[]; rows: number } {
  const terms = objectOf(body['terms'], 'terms')
  const fields = terms['fields']
  if (!Array.isArray(fields) || fields.length === 0) throw new HttpError(400, 'terms.fields must be a list of fields')
  const unknown = fields.find(field => typeof field !== 'string' || !Object.hasOwn(known, field))
  if (unknown !== undefined)
    throw new HttpError(400, `Can't facet by ${JSON.stringify(unknown)}: it is one of ${Object.keys(known).join(', ')}`)
  return { fields: fields as string[], rows: whole(terms, 'rows', 0) || Infinity }
}

/** Counts items by the values of a field: the most frequent first, then by name. */
export function facet<T>(items: readonly T[], known: Facets<T>, field: string, rows: number) {
  const totals = new Map<string, number>()
  for (const item of items) for (const value of known[field]?.(item) ?? []) totals.set(value, (totals.get(value) ?? 0) + 1)
  const values = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, rows)
  return { field, values: values.map(([name, total]) => ({ id: name, name, total })) }
}
