/** An incremental search through the history. */
export interface Search {
  readonly query: string
  /** -1 towards older entries (Ctrl-R), 1 towards newer ones (Ctrl-S). */
  readonly step: -1 | 1
  /** Entry and place of the match that is shown; undefined before the first one. */
  readonly match?: { readonly index: number; readonly at: number }
  /** What is asked for now was not found: the match is the last one there was. */
  readonly failed: boolean
  /** The search before the last key, to which Backspace goes back. */
  readonly back?: Search
}

export function startSearch(step: -1 | 1): Search {
  return { query: '', step, failed: false }
}

/** More of the query: the match stays where it is as long as it fits. */
export function widen(search: Search, entries: readonly string[], text: string): Search {
  const query = search.query + text
  const start = search.match?.index ?? (search.step < 0 ? entries.length - 1 : 0)
  return found({ ...search, query, back: search }, entries, start)
}

/** The next match, of another text than the one that is shown. */
export function again(search: Search, entries: readonly string[], step: -1 | 1): Search {
  const { match } = search
  const start = match ? match.index + step : step < 0 ? entries.length - 1 : 0
  return found({ ...search, step, back: search }, entries, start, match && entries[match.index])
}

function found(search: Search, entries: readonly string[], start: number, but?: string): Search {
  const { query, step } = search
  if (query === '') return { ...search, failed: false }
  for (let index = start; index >= 0 && index < entries.length; index += step) {
    const entry = entries[index] ?? ''
    const at = place(entry, query)
    if (at >= 0 && entry !== but) return { ...search, match: { index, at }, failed: false }
  }
  return { ...search, failed: true }
}

/** Where the query is in an entry. Capitals in the query are meant. */
function place(entry: string, query: string): number {
  const exact = query !== query.toLowerCase()
  // Lower case can be longer than what it comes from: then places in it are none in the entry.
  const lower = entry.toLowerCase()
  return exact || lower.length !== entry.length ? entry.indexOf(query) : lower.indexOf(query)
}

/** What is said below the line. */
export function searchStatus({ query, step, failed }: Search): string {
  return `${failed ? 'not found' : step < 0 ? 'search back' : 'search forward'}: ${query}`
}
