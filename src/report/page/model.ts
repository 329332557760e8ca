import { EVENT_WORDS } from '../../cases/event-words.ts'
import type { Entry, EntryFile } from '../entry.ts'

/** What can be filtered for. */
export const KINDS = {
  read: 'Reading',
  change: 'Changes',
  destroy: 'Destructive changes',
  trouble: 'Failed or unknown',
  files: 'With files',
  case: 'Sessions and the case itself',
} as const
export type Kind = keyof typeof KINDS

/** A command with all lines of the journal that tell of it, or a line that stands alone. */
export interface Item {
  entry: Entry
  /** What was on the disk before each change was sent. */
  started: Entry[]
  /** When its change was put back, milliseconds since 1970. */
  putBack?: number | undefined
  /** When it began, milliseconds since 1970. */
  at: number | undefined
  device: string
  who: string
  /** What was done, in one line. */
  title: string
  outcome: string
  kinds: ReadonlySet<Kind>
  /** All that a search looks at, in lower case. */
  text: string
}

/** A file with the command that brought or sent it. */
export interface CaseFileRow extends EntryFile {
  item: Item
}

/** Reads the islands of entries, and joins the lines of each command. */
export function readItems(): Item[] {
  const [byOperation, groups] = [new Map<string, Entry[]>(), [] as Entry[][]]
  for (const element of document.querySelectorAll('script[data-entries]')) {
    for (const entry of JSON.parse(element.textContent ?? '[]') as Entry[]) {
      const known = entry.operation === undefined || !isOfCommand(entry) ? undefined : byOperation.get(entry.operation)
      if (known !== undefined) known.push(entry)
      else {
        const group = [entry]
        groups.push(group)
        if (entry.operation !== undefined && isOfCommand(entry)) byOperation.set(entry.operation, group)
      }
    }
    element.remove()
  }
  const devices = deviceNames(groups.flat())
  const items = groups.map(entries => itemOf(entries, devices))
  const byId = new Map(items.map(item => [item.entry.operation, item]))
  for (const { entry } of items) {
    const { undoes, outcome, at } = entry
    const undone = undoes !== undefined && outcome === 'done' ? byId.get(undoes) : undefined
    if (undone === undefined) continue
    undone.putBack = at
    // What an undo had put back is as it was before that.
    const again = undone.entry.undoes === undefined ? undefined : byId.get(undone.entry.undoes)
    if (again !== undefined) again.putBack = undefined
  }
  return items
}

/** The name of each device, by id: the longest one that the journal has, with the id where another device has that name too. */
function deviceNames(entries: readonly Entry[]): Map<number, string> {
  const names = new Map<number, string>()
  for (const { device_id: id, device = '' } of entries)
    if (id !== undefined && device.length > (names.get(id) ?? '').length) names.set(id, device)
  const counts = new Map<string, number>()
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map([...names].map(([id, name]) => [id, (counts.get(name) ?? 0) > 1 ? `${name} (${id})` : name]))
}

function isOfCommand({ event }: Entry): boolean {
  return event === 'started' || event === 'kept' || event === 'finished'
}

function itemOf(entries: Entry[], devices: ReadonlyMap<number, string>): Item {
  const entry = entries.find(({ event }) => event === 'finished') ?? (entries[0] as Entry)
  const started = entries.filter(other => other.event === 'started')
  const at = started[0]?.at ?? (entry.at === undefined ? undefined : entry.at - (entry.duration_ms ?? 0))
  const outcome = outcomeOf(entry)
  const device = devices.get(entry.device_id ?? NaN) ?? entry.device ?? ''
  const [who, title] = [entry.who ?? '', titleOf(entry)]
  return { entry, started, at, device, who, title, outcome, kinds: kindsOf(entry, outcome), text: searched(entry, device, who, title) }
}

function titleOf(entry: Entry): string {
  const { event, line, verb, change } = entry
  const what = line === undefined ? (verb ?? change) : shortLine(line)
  if (isOfCommand(entry)) return what ?? entry.event
  const name = event === 'undone' && entry.outcome !== 'done' ? 'putting back' : (EVENT_WORDS.get(event) ?? event)
  return [name, what].filter(part => part !== undefined).join(': ')
}

/** A command line without what is the same in all of them: the program, its profile, the case. */
function shortLine(line: string): string {
  return line.replace(/^cbc (?:--profile \S+ )?/, '').replace(/ --case (?:'[^']*'|\S+)/, '')
}

function outcomeOf({ event, outcome }: Entry): string {
  if (event === 'started' || event === 'kept') return 'no end recorded'
  return outcome ?? ''
}

function kindsOf(entry: Entry, outcome: string): ReadonlySet<Kind> {
  const { event, effect, files } = entry
  const kinds = new Set<Kind>()
  if (!isOfCommand(entry)) kinds.add('case')
  else kinds.add(effect ?? (event === 'started' ? 'change' : 'read'))
  if (effect === 'destroy') kinds.add('change')
  if (event === 'undone') kinds.add('change')
  if (!['', 'done'].includes(outcome) || event === 'unreadable') kinds.add('trouble')
  if (files !== undefined) kinds.add('files')
  return kinds
}

function searched({ error, files, run, session_id: session, commands, more }: Entry, ...named: string[]): string {
  const parts = [...named, error ?? '', run ?? '', session ?? '', ...(commands ?? [])]
  for (const { path, sha256, file, local_path: local } of files ?? []) parts.push(path, sha256 ?? '', file ?? local ?? '')
  for (const [name, text] of more ?? []) parts.push(name, text)
  return parts.join('\n').toLowerCase()
}

/** All files of the items. */
export function filesOf(items: readonly Item[]): CaseFileRow[] {
  return items.flatMap(item => (item.entry.files ?? []).map(file => ({ ...file, item })))
}

/** `2026-11-30 04:15:07`, UTC. */
export function utc(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
