import type { AnyAnswer, AnyRequest } from '../../api/any-call.ts'
import { CbcError } from '../../core/errors.ts'
import type { Row, Totals } from '../../core/result.ts'
import type { OrganizationContext } from '../define-organization.ts'

/** Results per page if the request does not say. */
const DEFAULT_ROWS = 1000
/** More results than any real search has: beyond this, the service is repeating itself. */
const MAX_RESULTS = 10_000_000

/** The answer to a search. */
export interface Found {
  results: Row[]
  num_found?: unknown
  num_available?: unknown
}

/** Whether a value is the answer to a search: it has objects in `results`. */
export function isSearch(value: unknown): value is Found {
  const { results } = (value ?? {}) as { results?: unknown }
  return Array.isArray(results) && results.every(isRow)
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Fetches a search page by page and counts what arrives. */
export class Pages {
  readonly #request: AnyRequest
  readonly #context: OrganizationContext
  readonly #start: number
  readonly #rows: number
  #shown = 0
  #last: Found = { results: [] }

  /** @param request its `start` and `rows`, if given, set the first result and the page size */
  constructor(request: AnyRequest, context: OrganizationContext) {
    const { method, path, query = [], body } = request
    const asked =
      method === 'GET'
        ? Object.fromEntries([...new URLSearchParams(/\?(.*)$/s.exec(path)?.[1] ?? ''), ...query])
        : ({ ...(body as object) } as Record<string, unknown>)
    this.#request = request
    this.#context = context
    this.#start = Number(asked['start'] ?? 0)
    this.#rows = Number(asked['rows'] ?? DEFAULT_ROWS)
  }

  /** Fetches the first answer, which need not be that of a search. */
  async first(): Promise<AnyAnswer> {
    const answer = await this.#ask()
    if (answer.kind === 'json' && isSearch(answer.value)) this.#last = answer.value
    return answer
  }

  /**
   * Yields all results of a search. It stops at a page that is empty or repeats the one before, since not every API supports paging.
   * @throws CbcError network: the list does not end, or an answer is not that of a search
   */
  async *rows(): AsyncGenerator<Row> {
    for (let before: string | undefined; ;) {
      const { results } = this.#last
      const text = JSON.stringify(results)
      if (results.length === 0 || text === before) return
      for (const row of results) {
        this.#shown += 1
        yield row
      }
      if (this.#start + this.#shown >= this.#available()) return
      if (this.#shown > MAX_RESULTS)
        throw new CbcError('network', `the service's list does not end: ${this.#shown} items arrived`, { hint: 'narrow the search' })
      before = text
      const next = await this.#ask()
      if (next.kind !== 'json' || !isSearch(next.value))
        throw new CbcError(
          'network',
          `${this.#request.method} ${this.#request.path}: the answer from result ${this.#shown} on is not that of a search`,
        )
      this.#last = next.value
    }
  }

  /** How many results arrived, and how many there are if the service says. */
  get totals(): Totals {
    const { num_found: found } = this.#last
    return {
      shown: this.#shown,
      num_found: typeof found === 'number' ? Math.max(0, found - this.#start) : this.#shown,
      hint: 'the service returned no more',
    }
  }

  async #ask(): Promise<AnyAnswer> {
    return await this.#context.anyCall.send(
      { ...this.#request, page: { start: this.#start + this.#shown, rows: this.#rows } },
      { signal: this.#context.signal },
    )
  }

  /** How many results the service says it returns; Infinity if it does not say. */
  #available(): number {
    const counts = [this.#last.num_found, this.#last.num_available].filter(count => typeof count === 'number')
    return counts.length === 0 ? Infinity : counts.reduce((least, count) => Math.min(least, count))
  }
}
