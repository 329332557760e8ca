import type { Output } from '../core/ports.ts'
import { cut } from './cut.ts'
import { escapeLine } from './escape.ts'

const UP = (lines: number) => (lines === 0 ? '' : `\x1b[${lines}A`)
const END_OF_LINE = '\x1b[K'
const BELOW = '\x1b[J'
/** Terminals that know these show everything between them at once. */
const [BEGIN_UPDATE, END_UPDATE] = ['\x1b[?2026h', '\x1b[?2026l']

/** A block of lines at the end of what a terminal shows, which is drawn again in place. */
export class Redraw {
  readonly #output: Output
  readonly #rows: () => number
  #drawn = 0

  /** @param rows the height of the terminal */
  constructor(output: Output, rows: () => number) {
    this.#output = output
    this.#rows = rows
  }

  /** How many lines there is room for: the last line stays free, so that nothing scrolls. */
  get room(): number {
    return Math.max(1, this.#rows() - 1)
  }

  /** Draws lines over those drawn before, in one write: nothing is cleared first, so nothing flickers. */
  async draw(lines: readonly string[]): Promise<void> {
    const width = Math.max(1, this.#output.columns() - 1)
    const shown = lines.slice(0, this.room).map(line => cut(escapeLine(line), width))
    // A terminal that has become smaller has lost the lines above.
    const up = Math.min(this.#drawn, this.room)
    this.#drawn = shown.length
    await this.#output.write(`${BEGIN_UPDATE}\r${UP(up)}${shown.map(line => `${line}${END_OF_LINE}\n`).join('')}${BELOW}${END_UPDATE}`)
  }

  /** Removes what was drawn. */
  async clear(): Promise<void> {
    await this.#output.write(`\r${UP(Math.min(this.#drawn, this.room))}${BELOW}`)
    this.#drawn = 0
  }
}
