import { formatDuration, formatSize } from '../core/quantity.ts'
import type { Entry } from './entry.ts'

/** What a case came to, counted while its journal goes by. */
export class Summary {
  lines = 0
  commands = 0
  changes = 0
  failed = 0
  unknown = 0
  undone = 0
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
  /** Changes that were sent and have no end in the journal yet. */
  readonly #open = new Set<string>()

  add(entry: Entry): void {
    this.lines += 1
    if (entry.at !== undefined) {
      this.first = Math.min(this.first, entry.at)
      this.last = Math.max(this.last, entry.at)
    }
    this.#addNames(entry)
    const difference = Math.abs(entry.clock_difference_ms ?? 0)
    if (difference > this.clockDifference) this.clockDifference = difference
    if (entry.event === 'started') this.#open.add(entry.operation ?? `line ${entry.n}`)
    else if (entry.event === 'finished') this.#addCommand(entry)
    else if (entry.event === 'undone' && entry.outcome === 'done') this.undone += 1
    else if (entry.event === 'sealed') this.seals += 1
    else if (entry.event === 'unreadable') this.unreadable += 1
  }

  /** Changes that were sent, and of which the journal doesn't say how they ended. */
  get unfinished(): number {
    return this.#open.size
  }

  #addNames({ who, device, device_id: id, organization, run }: Entry): void {
    if (who !== undefined) this.analysts.add(who)
    if (device !== undefined) this.devices.add(String(id ?? device))
    if (organization !== undefined) this.organizations.add(organization)
    if (run !== undefined) this.runs.add(run)
  }

  #addCommand({ operation, effect, outcome, files, files_in_all: all }: Entry): void {
    this.commands += 1
    if (operation !== undefined) this.#open.delete(operation)
    const isChange = effect === 'change' || effect === 'destroy'
    if (isChange) this.changes += 1
    if (outcome === 'failed' || outcome === 'partial' || outcome === 'interrupted') this.failed += 1
    if (outcome === 'unknown') this.unknown += 1
    if (isChange) this.filesSent += all ?? files?.length ?? 0
    else this.filesHome += all ?? files?.length ?? 0
    if (!isChange) for (const { size } of files ?? []) this.bytesHome += size ?? 0
  }
}

/** The most names in a sentence. */
const MOST_NAMES = 6

/** Tells in whole sentences what a case came to, for somebody who wasn't there. */
export function sentences(summary: Summary): string[] {
  if (summary.lines === 0) return ['Nothing has been recorded in this case.']
  return [who(summary), what(summary), changed(summary), files(summary), ...open(summary)].filter(sentence => sentence !== '')
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

function changed({ changes, undone }: Summary): string {
  if (changes === 0) return 'Nothing was changed on any device.'
  const back =
    undone === 0
      ? 'Nothing was put back.'
      : `${count(undone, 'command')} ${undone === 1 ? 'was' : 'were'} undone: what was before was put back.`
  return `${count(changes, 'command')} changed something. ${back}`
}

function files({ filesHome, bytesHome, filesSent }: Summary): string {
  const sent = filesSent === 0 ? '' : ` ${count(filesSent, 'file')} ${filesSent === 1 ? 'was' : 'were'} written or removed on devices.`
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
