import { asObject, HttpError } from '../http.ts'

/** Whether an item matches. */
export type Test<T> = (item: T) => boolean

/** Makes a test from a criterion's values. @throws HttpError 400: the values are invalid */
export type Criterion<T> = (wanted: unknown, name: string) => Test<T>

/** How a kind of item can be searched. */
export interface Searchable<T> {
  criteria: Readonly<Record<string, Criterion<T>>>
  /** @throws HttpError 400: the query is malformed */
  query(text: string): Test<T>
  /** The fields to sort by. */
  sort: Readonly<Record<string, (item: T) => string | number>>
  /** How many results are returned when the request doesn't say, or says 0. */
  rows: number
}

export interface Search<T> {
  test: Test<T>
  compare(a: T, b: T): number
  start: number
  rows: number
}

export type Body = Record<string, unknown>

/** The most results of any search ("Neighbouring APIs"). */
const MAX_ROWS = 10_000

/**
 * Parses the body of a search: `criteria`, `exclusions`, `query`, `start`, `rows`, `sort`.
 * @throws HttpError 400: a part is malformed, or names something unknown
 */
export function parseSearch<T>(json: unknown, searchable: Searchable<T>): Search<T> {
  const body = objectOf(json)
  return {
    test: parseFilter(body, searchable),
    compare: parseSort(body['sort'], searchable.sort),
    start: whole(body, 'start', 0),
    rows: whole(body, 'rows', 0, MAX_ROWS) || searchable.rows,
  }
}

/** Parses the parts of a search that select items. @throws HttpError 400 */
export function parseFilter<T>(body: Body, { criteria, query }: Pick<Searchable<T>, 'criteria' | 'query'>): Test<T> {
  const text = body['query'] ?? ''
  if (typeof text !== 'string') throw new HttpError(400, 'query must be a string')
  const wanted = [query(text), ...parseCriteria(body, 'criteria', criteria)]
  const unwanted = parseCriteria(body, 'exclusions', criteria)
  return item => wanted.every(test => test(item)) && !unwanted.some(test => test(item))
}

/** Returns the matching items in order, and the requested page of them. */
export function runSearch<T>({ test, compare, start, rows }: Search<T>, items: readonly T[]): { found: T[]; page: T[] } {
  const found = items.filter(test).sort(compare)
  return { found, page: found.slice(start, start + rows) }
}

/** Returns a criterion that matches items with any of the wanted values. @param allowed the valid values; default: any */
export function oneOf<T>(valuesOf: (item: T) => readonly (string | number)[], allowed?: readonly string[]): Criterion<T> {
  return (wanted, name) => {
    if (!Array.isArray(wanted) || !wanted.every(isValue)) throw new HttpError(400, `${name} must be a list of values`)
    const values = new Set(wanted.map(String))
    const unknown = allowed === undefined ? undefined : [...values].find(value => !allowed.includes(value))
    if (unknown !== undefined) throw new HttpError(400, `${name} can't be ${JSON.stringify(unknown)}: it is one of ${allowed?.join(', ')}`)
    return item => valuesOf(item).some(value => values.has(String(value)))
  }
}

/** Returns a member that is an integer, 0 or more. @throws HttpError 400 */
export function whole(body: Body, name: string, otherwise: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = body[name] ?? otherwise
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new HttpError(400, `${name} must be an integer, 0 or more`)
  if (value > most) throw new HttpError(400, `${name} must be at most ${most}`)
  return value
}

/** @throws HttpError 400 when `json` isn't a JSON object */
export function objectOf(json: unknown, name = 'Body'): Body {
  const body = asObject(json)
  if (body === undefined) throw new HttpError(400, `${name} must be a JSON object`)
  return body
}

/** Parses criteria. An empty list restricts nothing. */
function parseCriteria<T>(body: Body, part: 'criteria' | 'exclusions', known: Searchable<T>['criteria']): Test<T>[] {
  const given = objectOf(body[part] ?? {}, part)
  return Object.entries(given).flatMap(([name, wanted]) => {
    const criterion = Object.hasOwn(known, name) ? known[name] : undefined
    if (criterion === undefined) throw new HttpError(400, `Unknown criterion ${name}`)
    return wanted === null || (Array.isArray(wanted) && wanted.length === 0) ? [] : [criterion(wanted, `${part}.${name}`)]
  })
}

function parseSort<T>(sort: unknown, known: Searchable<T>['sort']): (a: T, b: T) => number {
  if (sort == null) return () => 0
  if (!Array.isArray(sort)) throw new HttpError(400, 'sort must be a list')
  const keys = sort.map(asObject).map(key => {
    const field = key?.['field']
    const valueOf = typeof field === 'string' && Object.hasOwn(known, field) ? known[field] : undefined
    if (valueOf === undefined) throw new HttpError(400, `Can't sort by ${JSON.stringify(field ?? null)}`)
    const order = String(key?.['order'] ?? 'ASC').toUpperCase()
    if (order !== 'ASC' && order !== 'DESC') throw new HttpError(400, `Unknown sort order ${order}`)
    return { valueOf, sign: order === 'ASC' ? 1 : -1 }
  })
  return (a, b) => {
    for (const { valueOf, sign } of keys) {
      const [x, y] = [valueOf(a), valueOf(b)]
      if (x < y) return -sign
      if (x > y) return sign
    }
    return 0
  }
}

function isValue(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
