import { formatDuration, formatSize } from '../core/quantity.ts'
import type { Entry } from './entry.ts'
import { hasChanged } from './has-changed.ts'
import type { Findings } from './findings.ts'

/** What a case came to, counted while its journal goes by. */
export class Summary {
  lines = 0
  commands = 0
  /** Commands that changed something, at least in part, or may have. */
  changes = 0
  failed = 0
  unknown = 0
  seals = 0
  unreadable = 0
  filesHome = 0
  bytesHome = 0
  filesSent = 0
  /** Milliseconds since 1970. */
  first = Infinity
  last = -Infinity
  /** The largest difference between the service's clock and this machine's, milliseconds. */
  clockDifference = 0
  readonly analysts = new Set<string>()
  readonly devices = new Set<string>()
  readonly organizations = new Set<string>()
  readonly runs = new Set<string>()
  /** How often commands of a verb changed something. */
  readonly changedBy = new Map<string, number>()
  /** How many changes were sent of each command that has no end in the journal yet. */
  readonly #open = new Map<string, number>()
  /** The commands that were undone and not done again. */
  readonly #undone = new Set<string>()
  /** Which command an undo puts back, or, where it undoes an undo, does again. */
  readonly #undoes = new Map<string, { what: string; again: boolean }>()

  add(entry: Entry): void {
    this.lines += 1
    if (entry.at !== undefined) {
      this.first = Math.min(this.first, entry.at)
      this.last = Math.max(this.last, entry.at)
    }
    this.#addNames(entry)
    const difference = Math.abs(entry.clock_difference_ms ?? 0)
    if (difference > this.clockDifference) this.clockDifference = difference
    if (entry.event === 'started') this.#addStarted(entry)
    else if (entry.event === 'finished') this.#addCommand(entry)
    else if (entry.event === 'undone' && entry.outcome === 'done') this.#addUndone(entry)
    else if (entry.event === 'sealed') this.seals += 1
    else if (entry.event === 'unreadable') this.unreadable += 1
  }

  /** Changes that were sent, and of which the journal doesn't say how they ended. */
  get unfinished(): number {
    return this.#open.size
  }

  /** Commands that were put back, and stayed so. */
  get undone(): number {
    return this.#undone.size
  }

  #addStarted({ operation, n, undoes }: Entry): void {
    const name = operation ?? `line ${n}`
    this.#open.set(name, (this.#open.get(name) ?? 0) + 1)
    if (undoes === undefined) return
    const undone = this.#undoes.get(undoes)
    this.#undoes.set(name, undone === undefined ? { what: undoes, again: false } : { ...undone, again: !undone.again })
  }

  #addUndone({ undoes, n }: Entry): void {
    const undo = this.#undoes.get(undoes ?? '')
    if (undo === undefined || undo.again) this.#undone.add(undo?.what ?? undoes ?? `line ${n}`)
    else this.#undone.delete(undo.what)
  }

  #addNames({ who, device, device_id: id, organization, run }: Entry): void {
    if (who !== undefined) this.analysts.add(who)
    if (device !== undefined) this.devices.add(String(id ?? device))
    if (organization !== undefined) this.organizations.add(organization)
    if (run !== undefined) this.runs.add(run)
  }

  #addCommand(entry: Entry): void {
    const { operation, verb = 'unknown', outcome, files = [], files_in_all: all = files.length } = entry
    this.commands += 1
    const sent = this.#open.get(operation ?? '') ?? 0
    if (operation !== undefined) this.#open.delete(operation)
    if (hasChanged(entry, sent)) {
      this.changes += 1
      this.changedBy.set(verb, (this.changedBy.get(verb) ?? 0) + 1)
    }
    if (outcome === 'failed' || outcome === 'partial' || outcome === 'interrupted') this.failed += 1
    if (outcome === 'unknown') this.unknown += 1
    if (verb === 'put') this.filesSent += all
    else {
      this.filesHome += all
      for (const { size } of files) this.bytesHome += size ?? 0
    }
  }
}

/** The most names in a sentence. */
const MOST_NAMES = 6

/** Tells in whole sentences what a case came to, for somebody who wasn't there. */
export function sentences(summary: Summary, findings: Pick<Findings, 'devices' | 'all'>): string[] {
  if (summary.lines === 0) return ['Nothing has been recorded in this case.']
  const told = [who(summary), what(summary), found(findings), changed(summary), files(summary), ...open(summary)]
  return told.filter(sentence => sentence !== '')
}

function who({ analysts, devices, organizations, first, last }: Summary): string {
  const people = analysts.size === 0 ? 'Somebody whom the journal does not name' : named(analysts, 'people')
  const where = devices.size === 0 ? 'no device' : count(devices.size, 'device')
  const of =
    organizations.size === 0
      ? ''
      : ` of ${organizations.size === 1 ? 'organization' : 'the organizations'} ${named(organizations, 'organizations')}`
  return `${people} worked on ${where}${of}${when(first, last)}.`
}

function when(first: number, last: number): string {
  if (first > last) return ''
  const [from, to] = [minute(first), minute(last)]
  if (from === to) return ` on ${from} UTC`
  return ` between ${from} and ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC, within ${formatDuration(last - first)}`
}

function what({ commands, runs, failed }: Summary): string {
  if (commands === 0) return 'No command was completed.'
  const inRuns = runs.size === 0 ? '' : `, some of them in ${count(runs.size, 'run')} over several devices`
  return `${count(commands, 'command')} ${commands === 1 ? 'was' : 'were'} carried out${inRuns}; ${failed === 0 ? 'none failed' : `${failed} failed, in part or as a whole`}.`
}

function found({ devices, all }: Pick<Findings, 'devices' | 'all'>): string {
  if (devices === 0) return ''
  const looked = `${count(devices, 'device')} ${devices === 1 ? 'was' : 'were'} searched for what does not belong there`
  if (all.length === 0) return `${looked}; nothing stood out.`
  const grave = all.filter(({ severity }) => severity === 'high').length
  const where = new Set(all.map(({ device }) => device))
  return `${looked}: ${count(all.length, 'thing')} stood out, ${grave} of them gravely, on ${named(where, 'devices')}.`
}

/** What the changes of a verb were; of others, the verb itself is named. */
const DEEDS: Partial<Record<string, string>> = {
  put: 'wrote files',
  rm: 'removed files',
  mkdir: 'made directories',
  kill: 'ended processes',
  exec: 'ran programs',
  script: 'ran scripts',
  triage: 'started a program to look around',
  memdump: 'dumped memory',
  'usb approve': 'approved USB devices',
  'usb unapprove': 'removed approvals of USB devices',
  'reg add': 'set registry values or keys',
  'reg delete': 'deleted registry values or keys',
}

function deeds(changedBy: ReadonlyMap<string, number>): string {
  const sorted = [...changedBy].sort(([, one], [, other]) => other - one)
  return sorted.map(([verb, times]) => `${times.toLocaleString('en-GB')} ${DEEDS[verb] ?? `carried out “${verb}”`}`).join(', ')
}

function changed({ changes, changedBy, undone }: Summary): string {
  if (changes === 0) return 'Nothing was changed on any device.'
  const back =
    undone === 0
      ? 'Nothing was put back.'
      : `${count(undone, 'command')} ${undone === 1 ? 'was' : 'were'} undone: what was before was put back.`
  return `${count(changes, 'command')} changed something: ${deeds(changedBy)}. ${back}`
}

function files({ filesHome, bytesHome, filesSent }: Summary): string {
  const sent = filesSent === 0 ? '' : ` ${count(filesSent, 'file')} ${filesSent === 1 ? 'was' : 'were'} written to devices.`
  if (filesHome === 0) return `No file was brought home.${sent}`
  return `${count(filesHome, 'file')}, ${formatSize(bytesHome)} in all, ${filesHome === 1 ? 'was' : 'were'} brought home.${sent}`
}

function open({ unknown, unfinished, unreadable }: Summary): string[] {
  return [
    unknown === 0 ? '' : `Of ${count(unknown, 'command')} it is not known whether it had an effect.`,
    unfinished === 0 ? '' : `The journal does not say how ${count(unfinished, 'change')} ended.`,
    unreadable === 0 ? '' : `${count(unreadable, 'line')} of the journal can't be read.`,
  ]
}

/** `1 file`, `12 files`. */
function count(number: number, unit: string): string {
  return `${number.toLocaleString('en-GB')} ${unit}${number === 1 ? '' : 's'}`
}

function named(names: ReadonlySet<string>, unit: string): string {
  const list = [...names].sort()
  if (list.length > MOST_NAMES) return `${list.length} ${unit}`
  return list.length === 1 ? (list[0] ?? '') : `${list.slice(0, -1).join(', ')} and ${list.at(-1) ?? ''}`
}

/** `2026-11-30 04:15`. */
function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}
