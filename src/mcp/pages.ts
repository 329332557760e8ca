import { usage } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { Row, Totals } from '../core/result.ts'
import type { Item, Whole } from './whole.ts'

/** How much is told at once, characters of JSON: some ten thousand tokens. */
const MAX_PART = 40_000
/** How many results that were not told to their end are kept. */
const MAX_HELD = 16

/** A part of a result. */
export interface Part {
  /** The verb's own JSON, with as many rows as this part has. */
  result: unknown
  /** Which items these are, from 1, where it is not all of them. */
  items?: { first: number; last: number; of: number }
  /** Gives the next part. */
  next_cursor?: string
  totals?: Totals
  /** What was left out, in words. */
  cut?: readonly string[]
}

/** Results that are told in parts. What is left of one is kept here, so that the next part asks the endpoint nothing, and is of the same moment. */
export class Pages {
  readonly #random: Random
  readonly #held = new Map<string, { tool: string; whole: Whole }>()

  constructor(random: Random) {
    this.#random = random
  }

  /** Returns the first part of a result, and keeps the rest. */
  first(tool: string, whole: Whole): Part {
    return this.#part(tool, whole, 0, undefined)
  }

  /** @throws CbcError usage: it is no cursor of this tool, or what it stands for is no longer kept */
  next(tool: string, cursor: unknown): Part {
    const [, id = '', at = ''] = /^([\w-]{1,64}):(\d{1,9})$/.exec(typeof cursor === 'string' ? cursor : '') ?? []
    const held = this.#held.get(id)
    if (held === undefined || held.tool !== tool || Number(at) >= held.whole.items.length)
      throw usage(`${tool}: there is nothing at this cursor any more`, 'call the tool again without it')
    return this.#part(tool, held.whole, Number(at), id)
  }

  #part(tool: string, whole: Whole, from: number, known: string | undefined): Part {
    const { items, head, totals, cut } = whole
    let [end, size] = [from, 0]
    while (end < items.length && (end === from || size + (items[end]?.size ?? 0) <= MAX_PART)) size += items[end++]?.size ?? 0
    const all = from === 0 && end === items.length
    return {
      result: built(head, items.slice(from, end)),
      ...(all ? {} : { items: { first: from + 1, last: end, of: items.length } }),
      ...(end === items.length ? {} : { next_cursor: `${known ?? this.#hold(tool, whole)}:${end}` }),
      ...(totals === undefined ? {} : { totals }),
      ...(cut.length === 0 ? {} : { cut }),
    }
  }

  #hold(tool: string, whole: Whole): string {
    const id = this.#random.uuid()
    this.#held.set(id, { tool, whole })
    const [oldest] = this.#held.keys()
    if (this.#held.size > MAX_HELD && oldest !== undefined) this.#held.delete(oldest)
    return id
  }
}

/** Puts items back where they were: in a list, or in the lists of an object. */
function built(head: Row | undefined, items: readonly Item[]): unknown {
  if (head === undefined) return items.map(({ value }) => value)
  const lists = new Map<string, unknown[]>()
  for (const { field = '', value } of items) {
    const list = lists.get(field) ?? []
    list.push(value)
    lists.set(field, list)
  }
  return { ...head, ...Object.fromEntries(lists) }
}
