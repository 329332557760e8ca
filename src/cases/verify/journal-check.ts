import { EMPTY_HEAD, type CaseFolder, type CaseHead } from '../../core/case-folder.ts'
import { isRecord } from '../../core/is-record.ts'
import type { JournalLine } from '../journal-line.ts'
import { readJournal } from '../read-journal.ts'
import { Chain } from './chain.ts'
import { isWarning, type Finding } from './problem.ts'
import { toldFiles, type ToldFile } from './told-files.ts'

/** How far the clock of a machine may go back without a word, milliseconds: processes that append at once take turns. */
const CLOCK_TOLERANCE_MS = 1000

/** A file that the journal tells of, and the line that tells of it. */
export interface Told extends Omit<ToldFile, 'file'> {
  line: number
  /** The line was written before the file had its name: a program that was killed may have left no file. */
  announced: boolean
}

/** Reads the journal of a case and checks its lines; what they tell of files is for others to check. */
export class JournalCheck {
  /** The end of the complete lines. */
  end: CaseHead = EMPTY_HEAD
  /** Bytes of a last line that was cut off. */
  torn = 0
  readonly findings: Finding[] = []
  readonly told = new Map<string, Told>()
  /** The runs on several devices that lines belong to. */
  readonly runs = new Set<string>()
  readonly #chain = new Chain(finding => this.findings.push(finding))
  readonly #marks: Map<number, CaseHead | undefined>
  /** The latest time of each machine. */
  readonly #clocks = new Map<string, number>()
  /** Commands without an end so far. */
  readonly #open = new Map<string, Finding>()

  /** @param marks the numbers of lines at which `at` will be asked for the end */
  constructor(marks: Iterable<number>) {
    this.#marks = new Map([...marks].map(line => [line, undefined]))
    if (this.#marks.has(0)) this.#marks.set(0, EMPTY_HEAD)
  }

  /** Reads on, to the journal's end as it is now. @throws CbcError io; the signal's reason */
  async read(folder: Pick<CaseFolder, 'lines'>, signal: AbortSignal): Promise<void> {
    this.torn = 0
    for await (const { bytes, line, end, complete } of readJournal(folder, this.end.bytes)) {
      signal.throwIfAborted()
      if (!complete) {
        this.torn = bytes.length
        return
      }
      const sha256 = this.#chain.add(bytes, line)
      this.end = { lines: this.end.lines + 1, bytes: end, sha256 }
      if (this.#marks.has(this.end.lines)) this.#marks.set(this.end.lines, this.end)
      if (line !== undefined) this.#take(line)
    }
  }

  /** Returns where the journal's first lines end; undefined where there are not so many. */
  at(lines: number): CaseHead | undefined {
    return this.#marks.get(lines)
  }

  /** Ends the chain. @param head that was kept apart @returns whether the lines are as they were written */
  endChain(head: CaseHead | undefined): boolean {
    this.#chain.end(head?.sha256 === this.end.sha256 || (head?.lines === this.end.lines ? false : undefined))
    return this.findings.every(isWarning)
  }

  /** Commands that have no end so far. */
  unfinished(): Iterable<Finding> {
    return this.#open.values()
  }

  #take(line: JournalLine): void {
    const number = this.end.lines
    this.#checkClock(line, number)
    if (typeof line.run === 'string') this.runs.add(line.run)
    const announced = line.event === 'kept'
    for (const { file, sha256, size } of toldFiles(line)) {
      const before = this.told.get(file)
      if (before !== undefined && !before.announced && before.sha256 !== sha256) {
        const message = `was replaced: line ${before.line} tells of other content`
        this.findings.push({ kind: 'replaced_file', line: number, file, message })
      }
      this.told.set(file, { sha256, size, line: number, announced })
    }
    if (line.event === 'mended') this.#mended(line, number)
    if (typeof line.operation !== 'string') return
    if (line.event === 'finished') this.#open.delete(line.operation)
    if (line.event === 'started' || (announced && !this.#open.has(line.operation))) {
      const message = `\`${String(line.line ?? line.verb ?? line.operation)}\` has no end: it still runs, or was interrupted`
      this.#open.set(line.operation, { kind: 'unfinished', line: number, message })
    }
  }

  #mended({ lost, torn, bytes, file }: JournalLine, line: number): void {
    if (isRecord(lost)) {
      const message = `tells that the journal's end was missing when it was written: ${String(lost['lines'])} lines had been there`
      this.findings.push({ kind: 'cut_off', line, message })
      return
    }
    const cut = isRecord(torn) ? torn : { bytes, file }
    const where = typeof cut['file'] === 'string' ? `, and set aside as ${cut['file']}` : ''
    const message = `tells that the line before it was cut off while it was written: ${String(cut['bytes'])} bytes were removed${where}`
    this.findings.push({ kind: 'mended', line, message })
  }

  #checkClock({ time, who }: JournalLine, line: number): void {
    const now = Date.parse(String(time))
    const machine = String(who?.host ?? '')
    const before = this.#clocks.get(machine)
    if (Number.isNaN(now)) return
    if (before !== undefined && now < before - CLOCK_TOLERANCE_MS) {
      const message = `is older than a line before it: the clock${machine === '' ? '' : ` of ${machine}`} was set back from ${iso(before)} to ${iso(now)}`
      this.findings.push({ kind: 'clock', line, message })
    }
    this.#clocks.set(machine, now)
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
