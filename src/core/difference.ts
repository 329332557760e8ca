import { isDeepStrictEqual } from 'node:util'
import type { Column, Row } from './result.ts'

/** What makes a row the same thing in two results of one command, so that they can be compared. */
export interface Identity {
  /** The fields that name the thing. */
  readonly key: readonly string[]
  /** Fields whose difference is no change of the thing: the time of the last access, which every look at it may set. */
  readonly ignored?: readonly string[]
  /** The only fields whose difference is a change; default: all but those ignored. */
  readonly fields?: readonly string[]
  /** How things of two devices are compared, where their ids and times differ in any case. */
  readonly across?: Pick<Identity, 'key' | 'fields'>
  /** Returns the things in a row, where they are not the row itself. */
  things?(row: Row): Row[]
  /** Columns for those things; default: those of the result. */
  readonly columns?: readonly Column[]
}

/** A result, taken apart so that it can be compared. */
export interface Snapshot {
  /** Each thing by its key. */
  readonly things: ReadonlyMap<string, Row>
  /** Paths that could not be read: whether there is anything at or below them isn't known. */
  readonly unread: readonly string[]
  /** Something else could not be read, so that what is missing may still be there. */
  readonly incomplete: boolean
}

/** A result in which nothing was found. */
export const NOTHING: Snapshot = { things: new Map(), unread: [], incomplete: false }

/** A field that is not what it was. */
interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

/** How things are told apart on two devices. */
export function acrossDevices(identity: Identity): Identity {
  return { ...identity, ...identity.across }
}

/**
 * Takes a result apart. A row whose `error` is an Error could not be read.
 * @param failed called with each of those
 */
export async function snapshotOf(
  rows: Iterable<Row> | AsyncIterable<Row>,
  identity: Identity,
  failed: (row: Row) => void = () => {},
): Promise<Snapshot> {
  const things = new Map<string, Row>()
  const unread: string[] = []
  let incomplete = false
  for await (const row of rows) {
    if (!(row['error'] instanceof Error)) {
      for (const thing of identity.things?.(row) ?? [row]) add(things, thing, identity)
      continue
    }
    failed(row)
    if (typeof row['path'] === 'string') unread.push(row['path'])
    else incomplete = true
  }
  return { things, unread, incomplete }
}

/** Adds a thing. The same thing is there once; different things with one key are told apart by their order. */
function add(things: Map<string, Row>, thing: Row, { key }: Identity): void {
  const name = key.map(field => thing[field] ?? null)
  for (let number = 0; ; number++) {
    const id = JSON.stringify(number === 0 ? name : [...name, number])
    const known = things.get(id)
    if (known !== undefined && !isDeepStrictEqual(known, thing)) continue
    things.set(id, thing)
    return
  }
}

/**
 * Yields what differs between two results: rows with `change` (`new`, `gone` or `changed`) and the thing's own fields, for `changed` also with
 * `changes`. What one of the two could not read is no difference.
 */
export function* differences(before: Snapshot, after: Snapshot, identity: Identity): Generator<Row> {
  for (const [id, thing] of after.things) {
    const known = before.things.get(id)
    if (known === undefined) {
      if (!isUnknown(thing, before)) yield changeRow('new', thing)
      continue
    }
    const changes = changesOf(known, thing, identity)
    if (changes.length > 0) yield changeRow('changed', thing, changes)
  }
  for (const [id, thing] of before.things) if (!after.things.has(id) && !isUnknown(thing, after)) yield changeRow('gone', thing)
}

/** Returns what is known after a further look: what could not be read this time is as it was when it could. */
export function updated(before: Snapshot, after: Snapshot): Snapshot {
  const things = new Map(after.things)
  for (const [id, thing] of before.things) if (!things.has(id) && isUnknown(thing, after)) things.set(id, thing)
  return {
    things,
    unread: after.unread.filter(path => isUnknown({ path }, before)),
    incomplete: before.incomplete && after.incomplete,
  }
}

/** The columns of differences. @param columns those of the things */
export function differenceColumns(columns: readonly Column[]): Column[] {
  const beneath = columns.findLast(({ evidence }) => evidence)?.key
  return [
    { key: 'change' },
    ...columns,
    { key: 'changes', text: row => changesText(row['changes']), evidence: true, ...(beneath === undefined ? {} : { beneath }) },
  ]
}

/** A row's own fields never replace what is said of it. */
function changeRow(change: 'new' | 'gone' | 'changed', thing: Row, changes?: FieldChange[]): Row {
  const said = { change, ...(changes === undefined ? {} : { changes }) }
  return { ...said, ...thing, ...said }
}

function changesOf(before: Row, after: Row, { key, ignored = [], fields }: Identity): FieldChange[] {
  const all = fields ?? [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(field => !ignored.includes(field))
  return all
    .filter(field => !key.includes(field))
    .map(field => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter(change => !isDeepStrictEqual(change.before, change.after))
}

/** Whether a look could not tell if a thing is there. */
function isUnknown({ path }: Row, { unread, incomplete }: Snapshot): boolean {
  return incomplete || (typeof path === 'string' && unread.some(place => isAtOrBelow(path, place)))
}

function isAtOrBelow(path: string, place: string): boolean {
  const bare = place.replace(/[\\/]$/, '')
  return path === place || path === bare || (path.startsWith(bare) && /[\\/]/.test(path.charAt(bare.length)))
}

function changesText(changes: unknown): string {
  return Array.isArray(changes)
    ? (changes as FieldChange[]).map(({ field, before, after }) => `${field}: ${valueText(before)} -> ${valueText(after)}`).join('; ')
    : ''
}

function valueText(value: unknown): string {
  if (value === null || value === '') return '(none)'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
