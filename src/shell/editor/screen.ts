import { type Frame, type Picture, type Place, type Placed, layOut } from './layout.ts'

const CLEAR_ROW = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'
const PLAIN = '\x1b[m'
const ASK_POSITION = '\x1b[6n'

const TOP: Place = { row: 0, column: 0 }

/**
 * What is on the screen from the prompt on, and the shortest way to change it. Every function returns what is to be written.
 * Rows flow into each other by the terminal's own wrapping, so that text can be copied and terminals can rewrap it.
 */
export class Screen {
  #drawn: { picture: Picture; frame: Frame } | undefined
  /** Questions for the cursor's position that are not answered yet. */
  #asked = 0
  /** Nothing was drawn since the first of them: where things are on the screen is in doubt. */
  #doubt = false

  /** Draws a picture in place of the one before, or from the cursor on, which is then in the first column. */
  draw(picture: Picture, columns: number, rows: number): string {
    const back = this.#doubt || this.#drawn?.frame.columns !== columns ? this.#wipe(columns, rows) : ''
    this.#doubt = false
    const frame = layOut(picture, columns, rows)
    const old = this.#drawn?.frame ?? { columns, glyphs: [], cursor: TOP, end: TOP }
    this.#drawn = { picture, frame }
    return back + redraw(old, frame)
  }

  /** Draws a picture that stays, and goes to the row below it. */
  finish(picture: Picture, columns: number, rows: number): string {
    const text = this.draw({ ...picture, cursor: picture.text.length }, columns, rows)
    const { cursor, end } = this.#drawn?.frame ?? { cursor: TOP, end: TOP }
    this.forget()
    // A row that is filled to the edge has led to the next one already.
    return text + move(cursor, end) + (end.row > 0 && end.column === 0 ? '' : '\r\n')
  }

  /** Takes what is drawn away and leaves the cursor where it began. */
  erase(columns: number, rows: number): string {
    const text = this.#wipe(columns, rows)
    this.forget()
    return text
  }

  /** Forgets what is drawn: the screen was cleared. */
  forget(): void {
    this.#drawn = undefined
    this.#doubt = false
    this.#asked = 0
  }

  /**
   * The terminal has another size. Most rewrap what they show, some leave the line with the cursor alone, and nobody tells. Where it
   * matters the terminal is asked where the cursor is now; until it answers nothing is drawn, unless a key comes first.
   */
  resized(columns: number, rows: number): string {
    const drawn = this.#drawn
    if (!drawn) return ''
    const { frame, picture } = drawn
    const same = !this.#doubt && columns === frame.columns
    if (same && frame.end.row < rows) return ''
    if (same || (!this.#doubt && layOut(picture, columns, rows).cursor.row === frame.cursor.row)) {
      return this.#wipe(columns, rows) + this.draw(picture, columns, rows)
    }
    this.#asked++
    this.#doubt = true
    return ASK_POSITION
  }

  /** The terminal's answer: the cursor is in this column, counted from 1. */
  answered(column: number, columns: number, rows: number): string {
    if (this.#asked === 0) return ''
    this.#asked--
    const drawn = this.#drawn
    if (this.#asked > 0 || !drawn || !this.#doubt) return ''
    const wrapped = layOut(drawn.picture, columns, rows).cursor
    const sure = wrapped.column !== Math.min(drawn.frame.cursor.column, columns - 1)
    const how = !sure ? 'least' : column - 1 === wrapped.column ? 'wrapped' : 'kept'
    return this.#wipe(columns, rows, how) + this.draw(drawn.picture, columns, rows)
  }

  /**
   * Clears from the top of what is drawn, which may have been for another width. In doubt it is taken to begin as near as
   * it can: what is left of it above is ugly, what would be wiped of the output above is lost.
   */
  #wipe(columns: number, rows: number, how: 'wrapped' | 'kept' | 'least' = 'least'): string {
    const drawn = this.#drawn
    if (!drawn) return ''
    this.#drawn = undefined
    const kept = drawn.frame.cursor.row
    const wrapped = layOut(drawn.picture, columns, rows).cursor.row
    const up = { kept, wrapped, least: Math.min(kept, wrapped) }[how]
    return `${up > 0 ? `\x1b[${up}A` : ''}\r${CLEAR_BELOW}`
  }
}

/** From one frame to the next: what they have in common at the start is left alone. */
function redraw(old: Frame, frame: Frame): string {
  const same = commonStart(old.glyphs, frame.glyphs)
  if (same === frame.glyphs.length && same === old.glyphs.length) return move(old.cursor, frame.cursor)
  const start = startOf(frame, same)
  const text = move(old.cursor, start) + paint(frame, same, start)
  return text + clearRest(old, frame, same) + move(frame.end, frame.cursor)
}

function commonStart(one: readonly Placed[], other: readonly Placed[]): number {
  const differs = one.findIndex((glyph, index) => {
    const twin = other[index]
    return !twin || twin.text !== glyph.text || twin.style !== glyph.style || twin.row !== glyph.row || twin.column !== glyph.column
  })
  return differs < 0 ? one.length : differs
}

/** Where to begin painting glyph number `index`: behind the one before, if the terminal is to wrap between them. */
function startOf(frame: Frame, index: number): Place {
  const next: Place = frame.glyphs[index] ?? frame.end
  const previous = frame.glyphs[index - 1]
  if (!previous || previous.ends || previous.row === next.row) return next
  const column = previous.column + previous.width
  return column < frame.columns ? { row: previous.row, column } : next
}

/** Writes the glyphs from number `from` on, the cursor being at `start`; it ends at the frame's end. */
function paint(frame: Frame, from: number, start: Place): string {
  let { row, column } = start
  let style = ''
  let text = ''
  const wear = (wanted: string) => {
    if (wanted !== style) text += (style === '' ? '' : PLAIN) + wanted
    style = wanted
  }
  for (const glyph of frame.glyphs.slice(from)) {
    if (glyph.row > row) {
      wear('')
      text += ' '.repeat(frame.columns - column)
      ;[row, column] = [glyph.row, glyph.ends ? frame.columns : 0]
    }
    wear(glyph.style)
    // A row that was filled to the edge isn't left by CR LF before something wraps.
    if (glyph.ends) text += `${column === frame.columns ? ' \r' : ''}${CLEAR_ROW}\r\n`
    else if (glyph.fenced) text += fence(glyph)
    else text += glyph.text
    ;[row, column] = glyph.ends ? [glyph.row + 1, 0] : [glyph.row, glyph.column + glyph.width]
  }
  wear('')
  return frame.end.row > row ? `${text} \r` : text
}

/** Clears its cells, draws, and goes to where the next glyph belongs. */
function fence({ text, width, column }: Placed): string {
  return `${' '.repeat(width)}\x1b[${column + 1}G${text}\x1b[${column + width + 1}G`
}

/** Clears what the old frame had beyond the end of the new one. */
function clearRest(old: Frame, frame: Frame, same: number): string {
  // At the edge of the last row (a frame cut to the terminal's height) there is nothing beyond, and clearing would take the last cell.
  if (frame.end.column >= frame.columns) return ''
  if (old.end.row > frame.end.row) return CLEAR_BELOW
  const longer = old.end.row === frame.end.row && old.end.column > frame.end.column
  const stray = frame.glyphs.slice(same).some(({ fenced }) => fenced) || old.glyphs.slice(same).some(({ fenced }) => fenced)
  return longer || stray ? CLEAR_ROW : ''
}

/** Moves the cursor between places that are both on the screen. */
function move(from: Place, to: Place): string {
  const rows = to.row - from.row
  const vertical = rows === 0 ? '' : `\x1b[${Math.abs(rows)}${rows < 0 ? 'A' : 'B'}`
  if (to.column === from.column) return vertical
  return vertical + (to.column === 0 ? '\r' : `\x1b[${to.column + 1}G`)
}
