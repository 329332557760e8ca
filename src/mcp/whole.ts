import type { Result, Row, Totals } from '../core/result.ts'
import type { Effect } from '../verbs/define.ts'
import { shrunk } from './shrink.ts'

/** How many rows of a result are kept for an assistant, and how much of them, characters of JSON. */
const MAX_ROWS = 10_000
const MAX_KEPT = 16 * 1024 * 1024
/** How much is said of one row, or of an object without its lists, characters. */
const MAX_ROW = 24_000
/** How much content of a file, or output of a program, is given, bytes. */
const MAX_CONTENT = 32 * 1024
/** How many cuts are told. */
const MAX_CUTS = 20

/** A part of a result that is not divided: a row of a list, or an item of a list in an object. */
export interface Item {
  /** The field of the object that it is in; absent in a list. */
  readonly field?: string
  readonly value: unknown
  /** Characters of JSON. */
  readonly size: number
}

/** A whole result, as an assistant gets it, in parts. */
export interface Whole {
  /** An object's fields that are no lists; absent where the result is a list. */
  readonly head?: Row
  readonly items: readonly Item[]
  /** How much more there is where it comes from. */
  readonly totals?: Totals
  /** What was left out, in words. */
  readonly cut: readonly string[]
  /** Everything in it failed. */
  readonly failed: boolean
}

/**
 * Reads a result to its end, or as far as an assistant is told of it. What changes something is always carried out to its end.
 * @param effect of the call that gave it
 * @param plain makes JSON of a value: errors as the contract has them, without secrets
 */
export async function wholeOf(result: Result, effect: Effect, plain: (value: unknown) => unknown): Promise<Whole> {
  if (result.kind === 'bytes') return await contentOf(result, effect, plain)
  if (result.kind === 'object') {
    const { value, failed = [] } = result
    return objectOf(plain(failed.length === 0 ? value : { ...value, errors: failed }) as Row)
  }
  return await rowsOf(result, effect, plain)
}

async function rowsOf(list: Extract<Result, { kind: 'list' }>, effect: Effect, plain: (value: unknown) => unknown): Promise<Whole> {
  const items: Item[] = []
  const cut: string[] = []
  let [size, failures] = [0, 0]
  const isFull = () => items.length >= MAX_ROWS || size >= MAX_KEPT
  for await (const row of list.rows) {
    if (isFull()) {
      if (effect === 'read') break
      continue
    }
    if (row['error'] instanceof Error) failures += 1
    const item = itemOf(
      plain(list.json === undefined || row['error'] instanceof Error ? row : list.json(row)),
      `row ${items.length + 1}`,
      cut,
    )
    size += item.size
    items.push(item)
  }
  if (isFull()) cut.push(`only the first ${items.length} rows were read: ask for less, or narrow the search`)
  const totals = list.totals?.()
  return { items, cut: firstCuts(cut), failed: failures > 0 && failures === items.length, ...(totals === undefined ? {} : { totals }) }
}

/** Lists in an object are told in parts, and everything else each time. */
function objectOf(value: Row): Whole {
  const cut: string[] = []
  const allowance = { left: MAX_ROW, cut }
  const lists = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]))
  const rest = Object.fromEntries(Object.entries(value).map(([key, field]) => [key, Array.isArray(field) ? [] : field]))
  const head = shrunk(rest, '', allowance) as Row
  const items = lists.flatMap(([field, values]) => values.map((one, at) => ({ ...itemOf(one, `${field} ${at + 1}`, cut), field })))
  return { head, items, cut: firstCuts(cut), failed: false }
}

function itemOf(value: unknown, name: string, cut: string[]): Item {
  const kept = shrunk(value, name, { left: MAX_ROW, cut })
  return { value: kept, size: JSON.stringify(kept)?.length ?? 0 }
}

async function contentOf(
  { bytes, object }: Extract<Result, { kind: 'bytes' }>,
  effect: Effect,
  plain: (value: unknown) => unknown,
): Promise<Whole> {
  const parts: Buffer[] = []
  let [kept, all] = [0, 0]
  for await (const chunk of bytes) {
    all += chunk.length
    // Its memory may be used again for the next one.
    parts.push(Buffer.from(chunk.subarray(0, MAX_CONTENT - kept)))
    kept = Math.min(all, MAX_CONTENT)
    if (all > MAX_CONTENT && effect === 'read') break
  }
  const whole = Buffer.concat(parts)
  const content = all > kept ? whole.subarray(0, endOfText(whole)) : whole
  const value = plain(object === undefined ? { content: content.toString() } : await object(content)) as Row
  const cut: string[] = []
  if (all > content.length) cut.push(inWords(content.length, effect === 'read' ? undefined : all, value['offset']))
  return { head: value, items: [], cut, failed: false }
}

/** Says how much of a content is given, and how to get the rest. */
function inWords(given: number, all: number | undefined, offset: unknown): string {
  if (typeof offset === 'number') return `only ${given} bytes of it: offset ${offset + given} gives the next ones`
  return all === undefined ? `only the first ${given} bytes` : `only the first ${given} of ${all} bytes`
}

/** Where a text in UTF-8 can be cut, so that its last character stays whole. */
function endOfText(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= Math.max(0, bytes.length - 4); at--) {
    const byte = bytes[at] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return at + length > bytes.length ? at : bytes.length
  }
  return bytes.length
}

function firstCuts(cut: readonly string[]): string[] {
  return cut.length > MAX_CUTS ? [...cut.slice(0, MAX_CUTS), `and ${cut.length - MAX_CUTS} more`] : [...cut]
}
