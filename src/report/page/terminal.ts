import { Parser, type Sink } from './terminal-parser.ts'
import { plain, type Style, styled } from './terminal-style.ts'
import { widthOf } from './glyph-width.ts'

/** A place on the screen. The second half of a wide character has an empty text. */
export interface Cell {
  text: string
  style: Style
}

/** The most lines above the screen that are kept, and the most combining marks of a character. */
const MOST_HISTORY = 20_000
const MOST_MARKS = 4
/** The largest screen: a recording says how large its terminal was, and may say anything. */
const LARGEST = 500
const TAB = 8

/** Characters that have no width in a terminal but could reorder or hide text in a page. */
const UNSEEN = /^[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]$/u

/**
 * A terminal's screen, as far as programs that write lines, a line editor and full-screen programs need it: characters, colours, movement of
 * the cursor, clearing, scrolling. Everything else is read over, and nothing that is written can reach beyond the screen.
 */
export class Terminal implements Sink {
  readonly columns: number
  readonly rows: number
  /** Lines that went off the top of the screen. */
  readonly history: string[] = []
  /** Its column is one behind the last where that was written: the next character begins a new line then. */
  cursor = { row: 0, column: 0 }
  cursorShown = true
  screen: Cell[][]
  readonly #parser = new Parser(this)
  #style: Style = plain
  #saved = { row: 0, column: 0, style: plain }
  #main: { screen: Cell[][]; row: number; column: number } | undefined
  #region: { top: number; bottom: number }

  constructor(columns: number, rows: number) {
    this.columns = bounded(columns, 80)
    this.rows = bounded(rows, 24)
    this.screen = this.#blank()
    this.#region = { top: 0, bottom: this.rows - 1 }
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  /** The lines that went off, and those on the screen, without blanks at their ends. */
  transcript(): string[] {
    const screen = (this.#main?.screen ?? this.screen).map(lineText)
    while (screen.at(-1) === '') screen.pop()
    return [...this.history, ...screen]
  }

  print(character: string): void {
    const width = widthOf(character)
    if (width === 0) return this.#mark(character)
    if (this.cursor.column + width > this.columns) {
      this.#lineFeed()
      this.cursor.column = 0
    }
    const { row, column } = this.cursor
    this.#put(row, column, { text: UNSEEN.test(character) ? '\ufffd' : character, style: this.#style })
    if (width === 2) this.#put(row, column + 1, { text: '', style: this.#style })
    this.cursor.column = Math.min(column + width, this.columns)
  }

  control(character: string): void {
    if (character === '\r') this.#move(this.cursor.row, 0)
    else if (character === '\n' || character === '\v' || character === '\f') this.#lineFeed()
    else if (character === '\b') this.#move(this.cursor.row, Math.min(this.cursor.column, this.columns - 1) - 1)
    else if (character === '\t' && this.cursor.column < this.columns)
      this.#move(this.cursor.row, (Math.floor(this.cursor.column / TAB) + 1) * TAB)
  }

  escape(final: string): void {
    if (final === '7') this.#save()
    else if (final === '8') this.#restore()
    else if (final === 'D') this.#lineFeed()
    else if (final === 'E') {
      this.cursor.column = 0
      this.#lineFeed()
    } else if (final === 'M') this.#reverseLineFeed()
    else if (final === 'c') this.#reset()
  }

  sequence(mark: string, given: readonly number[], final: string): void {
    if (mark === '?') {
      if (final === 'h' || final === 'l') for (const mode of given) this.#setMode(mode, final === 'h')
      return
    }
    if (mark !== '') return
    const [first = 0, second = 0] = given
    const count = Math.max(first, 1)
    const row = this.cursor.row
    const column = Math.min(this.cursor.column, this.columns - 1)
    if (final === 'm') this.#style = styled(this.#style, given)
    else if (final === 'A' || final === 'F') this.#moveUp(count, final === 'F' ? 0 : column)
    else if (final === 'B' || final === 'e' || final === 'E') this.#moveUp(-count, final === 'E' ? 0 : column)
    else if (final === 'C' || final === 'a') this.#move(row, column + count)
    else if (final === 'D') this.#move(row, column - count)
    else if (final === 'G' || final === '`') this.#move(row, count - 1)
    else if (final === 'd') this.#move(count - 1, column)
    else if (final === 'H' || final === 'f') this.#move(count - 1, Math.max(second, 1) - 1)
    else if (final === 'r') this.#setRegion(first, second)
    else if (final === 's') this.#save()
    else if (final === 'u') this.#restore()
    else this.#edit(final, first, count)
  }

  /** Sequences that clear, insert, delete or scroll. */
  #edit(final: string, first: number, count: number): void {
    const row = this.cursor.row
    const column = Math.min(this.cursor.column, this.columns - 1)
    const { top, bottom } = this.#region
    if ('XP@LM'.includes(final)) this.cursor.column = column
    if (final === 'J') this.#clearScreen(first)
    else if (final === 'K') this.#clearLine(first)
    else if (final === 'X') this.#clear(row, column, Math.min(column + count, this.columns))
    else if (final === 'P') this.#shiftCells(row, column, -count)
    else if (final === '@') this.#shiftCells(row, column, count)
    else if (final === 'S') this.#scroll(top, bottom, count)
    else if (final === 'T') this.#scroll(top, bottom, -count)
    else if (row < top || row > bottom) return
    else if (final === 'L' || final === 'M') {
      this.#scroll(row, bottom, final === 'L' ? -count : count)
      this.#move(row, 0)
    }
  }

  #blank(): Cell[][] {
    return Array.from({ length: this.rows }, () => this.#blankLine())
  }

  #blankLine(): Cell[] {
    const style = { ...plain, background: this.#style.background }
    return Array.from({ length: this.columns }, () => ({ text: ' ', style }))
  }

  #put(row: number, column: number, cell: Cell): void {
    const line = this.screen[row]
    if (line === undefined || column >= this.columns) return
    // Half of a wide character is no character.
    if (line[column]?.text === '' && cell.text !== '') line[column - 1] = { text: ' ', style: line[column - 1]?.style ?? plain }
    if (line[column + 1]?.text === '' && cell.text !== '') line[column + 1] = { text: ' ', style: line[column + 1]?.style ?? plain }
    line[column] = cell
  }

  #mark(character: string): void {
    const line = this.screen[this.cursor.row]
    const at = this.cursor.column - 1
    const cell = line?.[line[at]?.text === '' ? at - 1 : at]
    if (cell !== undefined && !UNSEEN.test(character) && [...cell.text].length <= MOST_MARKS) cell.text += character
  }

  #move(row: number, column: number): void {
    this.cursor = { row: clamp(row, this.rows - 1), column: clamp(column, this.columns - 1) }
  }

  /** Moves up, or down where `by` is negative, but not out of the lines that scroll. */
  #moveUp(by: number, column: number): void {
    const { row } = this.cursor
    const { top, bottom } = this.#region
    const [first, last] = [row >= top ? top : 0, row <= bottom ? bottom : this.rows - 1]
    this.#move(Math.max(first, Math.min(row - by, last)), column)
  }

  #lineFeed(): void {
    this.cursor.column = Math.min(this.cursor.column, this.columns - 1)
    const { top, bottom } = this.#region
    if (this.cursor.row === bottom) this.#scroll(top, bottom, 1)
    else this.cursor.row = Math.min(this.cursor.row + 1, this.rows - 1)
  }

  #reverseLineFeed(): void {
    const { top, bottom } = this.#region
    this.cursor.column = Math.min(this.cursor.column, this.columns - 1)
    if (this.cursor.row === top) this.#scroll(top, bottom, -1)
    else this.cursor.row = Math.max(this.cursor.row - 1, 0)
  }

  /** Moves the lines from `top` to `bottom` up by `by`, or down where it is negative. */
  #scroll(top: number, bottom: number, by: number): void {
    const count = Math.min(Math.abs(by), bottom - top + 1)
    const blank = Array.from({ length: count }, () => this.#blankLine())
    const [above, moved, below] = [this.screen.slice(0, top), this.screen.slice(top, bottom + 1), this.screen.slice(bottom + 1)]
    if (by > 0) {
      if (top === 0 && this.#main === undefined) for (const line of moved.slice(0, count)) this.#remember(line)
      this.screen = [...above, ...moved.slice(count), ...blank, ...below]
    } else {
      this.screen = [...above, ...blank, ...moved.slice(0, moved.length - count), ...below]
    }
  }

  #remember(line: Cell[]): void {
    this.history.push(lineText(line))
    if (this.history.length > MOST_HISTORY) this.history.shift()
  }

  #clear(row: number, from: number, to: number): void {
    const line = this.screen[row]
    const style = { ...plain, background: this.#style.background }
    for (let column = from; line !== undefined && column < to; column += 1) this.#put(row, column, { text: ' ', style })
  }

  #clearLine(which: number): void {
    if (which > 2) return
    const { row, column } = this.cursor
    this.#clear(row, which === 0 ? column : 0, which === 1 ? column + 1 : this.columns)
  }

  #clearScreen(which: number): void {
    const { row } = this.cursor
    if (which > 2) return
    if (which === 2) {
      for (let other = 0; other < this.rows; other += 1) this.#clear(other, 0, this.columns)
      return
    }
    this.#clearLine(which)
    const [from, to] = which === 0 ? [row + 1, this.rows] : [0, row]
    for (let other = from; other < to; other += 1) this.#clear(other, 0, this.columns)
  }

  /** Inserts blanks at a column, or deletes characters there where `by` is negative. */
  #shiftCells(row: number, column: number, by: number): void {
    const line = this.screen[row]
    if (line === undefined) return
    const count = Math.min(Math.abs(by), this.columns - column)
    const blanks = this.#blankLine().slice(0, count)
    const [before, rest] = [line.slice(0, column), line.slice(column)]
    this.screen[row] = by > 0 ? [...before, ...blanks, ...rest.slice(0, rest.length - count)] : [...before, ...rest.slice(count), ...blanks]
  }

  #setRegion(first: number, last: number): void {
    const [top, bottom] = [Math.max(first, 1) - 1, Math.min(last === 0 ? this.rows : last, this.rows) - 1]
    if (top >= bottom) return
    this.#region = { top, bottom }
    this.#move(0, 0)
  }

  #setMode(mode: number, on: boolean): void {
    if (mode === 25) this.cursorShown = on
    else if (mode === 1047 || mode === 1049 || mode === 47) this.#otherScreen(on)
  }

  /** Full-screen programs have a screen of their own, and leave the lines before as they were. */
  #otherScreen(on: boolean): void {
    if (on === (this.#main !== undefined)) return
    if (on) {
      this.#main = { screen: this.screen, ...this.cursor }
      this.screen = this.#blank()
    } else if (this.#main !== undefined) {
      const { screen, row, column } = this.#main
      this.screen = screen
      this.#main = undefined
      this.#move(row, column)
    }
  }

  #save(): void {
    this.#saved = { ...this.cursor, style: this.#style }
  }

  #restore(): void {
    this.#style = this.#saved.style
    this.#move(this.#saved.row, this.#saved.column)
  }

  #reset(): void {
    this.#style = plain
    this.#main = undefined
    this.#region = { top: 0, bottom: this.rows - 1 }
    this.#saved = { row: 0, column: 0, style: plain }
    this.screen = this.#blank()
    this.cursorShown = true
    this.#move(0, 0)
  }
}

function bounded(size: number, otherwise: number): number {
  return Number.isInteger(size) && size >= 1 ? Math.min(size, LARGEST) : otherwise
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most))
}

function lineText(line: readonly Cell[]): string {
  return line
    .map(({ text }) => text)
    .join('')
    .replace(/ +$/, '')
}
