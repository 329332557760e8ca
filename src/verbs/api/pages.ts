import type { AnyAnswer, AnyRequest } from '../../api/any-call.ts'
import { CbcError } from '../../core/errors.ts'
import type { Row, Totals } from '../../core/result.ts'
import type { OrganizationContext } from '../define-organization.ts'

/** Results a page where the request does not say. */
const DEFAULT_ROWS = 1000
/** More results than any search has. */
const MAX_RESULTS = 10_000_000

/** What a search answers with. */
export interface Found {
  results: Row[]
  num_found?: unknown
  num_available?: unknown
}

/** Whether an answer is that of a search: objects in `results`. */
export function isSearch(value: unknown): value is Found {
  const { results } = (value ?? {}) as { results?: unknown }
  return Array.isArray(results) && results.every(isRow)
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is known of a search while its pages come. */
export class Pages {
  readonly #request: AnyRequest
  readonly #context: OrganizationContext
  readonly #start: number
  readonly #rows: number
  #shown = 0
  #last: Found = { results: [] }

  /** @param request where its results begin, and how many come at once, is as it says */
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

  /** The first answer, whether it is that of a search or not. */
  async first(): Promise<AnyAnswer> {
    const answer = await this.#ask()
    if (answer.kind === 'json' && isSearch(answer.value)) this.#last = answer.value
    return answer
  }

  /**
   * All that a search finds. It ends where a page brings nothing, or the same again: not every service can be asked for a part.
   * @throws CbcError network: it does not end, or a page is none
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
        throw new CbcError('network', `the service's list does not end: ${this.#shown} items came`, { hint: 'narrow the search down' })
      before = text
      const next = await this.#ask()
      if (next.kind !== 'json' || !isSearch(next.value))
        throw new CbcError(
          'network',
          `${this.#request.method} ${this.#request.path}: the answer from ${this.#shown} on is not that of a search`,
        )
      this.#last = next.value
    }
  }

  /** How much of what was found there was; all of it where the service does not say. */
  get totals(): Totals {
    const { num_found: found } = this.#last
    return {
      shown: this.#shown,
      num_found: typeof found === 'number' ? Math.max(0, found - this.#start) : this.#shown,
      hint: 'the service gave no more',
    }
  }

  async #ask(): Promise<AnyAnswer> {
    return await this.#context.anyCall.send(
      { ...this.#request, page: { start: this.#start + this.#shown, rows: this.#rows } },
      { signal: this.#context.signal },
    )
  }

  /** How many the service says that it gives out; where it says nothing, nobody knows. */
  #available(): number {
    const counts = [this.#last.num_found, this.#last.num_available].filter(count => typeof count === 'number')
    return counts.length === 0 ? Infinity : counts.reduce((least, count) => Math.min(least, count))
  }
}
