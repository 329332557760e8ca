import { createHash } from 'node:crypto'
import { EMPTY_HEAD } from '../../core/case-folder.ts'
import type { JournalLine } from '../journal-line.ts'
import type { Finding } from './problem.ts'

/** A line as the chain sees it. */
interface Link {
  /** Where it stands in the file, from 1. */
  position: number
  /** What it says. */
  sequence: number
  sha256: string
  /** The line before it has another hash than it says: one of the two was changed. */
  doubted: boolean
  /** Already named as changed: that the next line doesn't fit follows from it. */
  blamed: boolean
}

/**
 * Checks a journal's chain line by line, in constant memory. Each line holds the hash of the one before, so a change shows at the next line;
 * whether that one vouches rightly is told by the line after it. So a finding comes up to two lines late, and names the line that was changed.
 */
export class Chain {
  #position = 0
  #last: Link = { position: 0, sequence: 0, sha256: EMPTY_HEAD.sha256, doubted: false, blamed: false }
  #before: Pick<Link, 'position' | 'sha256'> = { position: 0, sha256: '' }
  /** Lines since the last one in order that can't be read. */
  #unreadable = 0
  /** After a gap: the number that the line before it would have had without one. */
  #beforeGap: number | undefined
  readonly #find: (finding: Finding) => void

  constructor(find: (finding: Finding) => void) {
    this.#find = find
  }

  /** Takes the next line. @param line undefined where the text is no JSON object @returns its hash */
  add(bytes: Uint8Array, line: JournalLine | undefined): string {
    this.#position += 1
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (line === undefined || !Number.isSafeInteger(line.sequence) || typeof line.previous !== 'string') this.#unread()
    else this.#read(line.sequence, line.previous, sha256)
    return sha256
  }

  /**
   * Ends the journal.
   * @param fits whether the last line is the one that the head kept apart tells of; undefined where that tells of another place
   */
  end(fits: boolean | undefined): void {
    if (this.#last.doubted) this.#resolve(fits === undefined ? 'unknown' : fits ? 'before' : 'last')
  }

  #unread(): void {
    if (this.#last.doubted) this.#resolve('unknown')
    this.#unreadable += 1
    this.#find({ kind: 'unreadable_line', line: this.#position, message: 'is no line of a journal: it was changed' })
  }

  #read(sequence: number, previous: string, sha256: string): void {
    const position = this.#position
    this.#closeGap(sequence)
    const last = this.#last
    const isNext = sequence === last.sequence + 1
    const fits = previous === last.sha256
    const link = { position, sequence, sha256, doubted: false, blamed: false }
    if (fits) {
      if (last.doubted) this.#resolve('before')
      if (!isNext) {
        link.sequence = last.sequence + 1
        link.blamed = true
        this.#find({
          kind: 'changed_line',
          line: position,
          message: `was changed: its number is ${sequence} in the place of ${link.sequence}`,
        })
      }
    } else if (sequence <= last.sequence) {
      return this.#misplaced(link, previous)
    } else if (sequence - last.sequence - 1 > this.#unreadable) {
      this.#gap(sequence)
    } else if (this.#unreadable === 0 && isNext) {
      link.doubted = this.#doubt()
    }
    this.#accept(link)
  }

  /** The line doesn't fit the one before. @returns whether it is still to be found out which of the two was changed */
  #doubt(): boolean {
    if (this.#last.doubted) {
      this.#resolve('last')
      return false
    }
    return !this.#last.blamed
  }

  #accept(link: Link): void {
    this.#before = this.#last
    this.#last = link
    this.#unreadable = 0
  }

  /** After a gap, goes back to counting as before it, if the next line does: only the number of that one line was wrong. */
  #closeGap(sequence: number): void {
    if (this.#beforeGap !== undefined && sequence === this.#beforeGap + 2) this.#last.sequence = this.#beforeGap + 1
    this.#beforeGap = undefined
  }

  #gap(sequence: number): void {
    const { last, missing } = { last: this.#last.sequence, missing: sequence - this.#last.sequence - 1 - this.#unreadable }
    if (this.#last.doubted) this.#resolve('unknown')
    this.#beforeGap = last
    const numbers =
      missing === 1 && this.#unreadable === 0 ? `number ${last + 1} is` : `${missing} of numbers ${last + 1} to ${sequence - 1} are`
    this.#find({ kind: 'missing_lines', line: this.#position, message: `comes too early: ${numbers} missing before it` })
  }

  #misplaced(link: Link, previous: string): void {
    const { sequence, position } = link
    if (sequence === this.#last.sequence && previous === this.#before.sha256) {
      const same = link.sha256 === this.#last.sha256
      const message = same
        ? 'repeats the line before it'
        : `has the same number and the same line before it as line ${this.#last.position}: one of them was put in`
      this.#find({ kind: 'repeated_line', line: position, message })
      this.#last = { ...link, blamed: !same }
      return
    }
    this.#find({
      kind: 'misplaced_line',
      line: position,
      message: `is not in its place: its number, ${sequence}, comes after ${this.#last.sequence}; it was moved or put in`,
    })
  }

  /** Says which line was changed, where the last one in order doesn't fit the one before it. */
  #resolve(changed: 'before' | 'last' | 'unknown'): void {
    const [before, last] = [this.#before.position, this.#last.position]
    this.#last.doubted = false
    this.#last.blamed = changed !== 'before'
    const message = {
      before: `was changed: line ${last} has another hash for it`,
      last: `was changed: it fits neither line ${before} nor what comes after it; nothing else vouches for line ${before}`,
      unknown: `was changed, or line ${last} was: they don't fit each other`,
    }[changed]
    this.#find({ kind: 'changed_line', line: changed === 'last' ? last : before, message })
  }
}
