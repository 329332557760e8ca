import { type Glyph, styledGlyphs, textGlyphs } from './glyphs.ts'
import { lineStart } from './graphemes.ts'

/** What is to be seen: prompt and line, and what is said about them. */
export interface Picture {
  /** May be coloured. */
  prompt: string
  text: string
  /** Index in `text`, in UTF-16 units. */
  cursor: number
  /** Stretch of `text` that is underlined. */
  match?: { from: number; to: number }
  /** Follows the text, dim. */
  note?: string
  /** What is in the rows below, given their width and how many there are; what doesn't fit is cut off. */
  below?: (columns: number, rows: number) => readonly string[]
}

export interface Place {
  readonly row: number
  /** From 0; `columns` for a row that is filled to its edge. */
  readonly column: number
}

export interface Placed extends Glyph, Place {}

/** A picture, laid out in cells. Rows count from the top of what is visible. */
export interface Frame {
  readonly columns: number
  readonly glyphs: readonly Placed[]
  readonly cursor: Place
  /** Where the next glyph would come. */
  readonly end: Place
}

const UNDERLINE = '\x1b[4m'
const DIM = '\x1b[2m'

/** Lays a picture out for a terminal of this size. Where it is taller, the part with the cursor is shown. */
export function layOut(picture: Picture, columns: number, rows: number): Frame {
  const { from, to } = visiblePart(picture, rows)
  const cursor = picture.cursor - from
  const { match = { from, to: from } } = picture
  const line = textGlyphs(picture.text.slice(from, to), UNDERLINE, match.from - from, match.to - from)
  const prompt = place(styledGlyphs(from === 0 ? picture.prompt : ''), { row: 0, column: 0 }, columns)
  const typed = place(line, prompt.end, columns)
  const note = place(textGlyphs(picture.note ?? '', DIM), typed.end, columns)
  const room = Math.max(0, rows - note.end.row - 1)
  const below = place(belowGlyphs(picture.below?.(columns, room).slice(0, room) ?? [], columns), note.end, columns)
  // Without a glyph there the cursor stands where the next one would come.
  const at = typed.glyphs.find(({ index }) => index >= cursor) ?? typed.end
  const glyphs = [...prompt.glyphs, ...typed.glyphs, ...note.glyphs, ...below.glyphs]
  return clip({ columns, glyphs, cursor: { row: at.row, column: at.column }, end: below.end }, rows)
}

/** The lines of the text that can be seen at all: as many on each side of the cursor's as the terminal has rows. */
function visiblePart({ text, cursor }: Picture, rows: number): { from: number; to: number } {
  let from = lineStart(text, cursor)
  let to = cursor
  for (let row = 0; row < rows && from > 0; row++) from = lineStart(text, from - 1)
  for (let row = 0; row <= rows && to < text.length; row++) to = text.indexOf('\n', to) + 1 || text.length
  return { from, to }
}

/** Each on a row of its own. */
function belowGlyphs(lines: readonly string[], columns: number): Glyph[] {
  return lines.flatMap(line => [...textGlyphs('\n'), ...fit(textGlyphs(line), columns)])
}

/** As many glyphs as fit in one row. */
function fit(glyphs: Glyph[], columns: number): Glyph[] {
  let used = 0
  return glyphs.filter(({ width, room }) => {
    const fits = used + room < columns
    used = fits ? used + width : columns
    return fits
  })
}

function place(glyphs: readonly Glyph[], start: Place, columns: number): { glyphs: Placed[]; end: Place } {
  let { row, column } = start
  const placed = glyphs.map(glyph => {
    if (column > 0 && column + glyph.room > columns) [row, column] = [row + 1, 0]
    const result = { ...glyph, row, column }
    if (glyph.ends) [row, column] = [row + 1, 0]
    else column = Math.min(column + glyph.width, columns)
    return result
  })
  // The cursor can't stand beyond the edge.
  return { glyphs: placed, end: column >= columns ? { row: row + 1, column: 0 } : { row, column } }
}

/** Cuts a frame down to the rows that the terminal has. */
function clip(frame: Frame, rows: number): Frame {
  const height = frame.end.row + 1
  if (height <= rows) return frame
  const top = Math.min(frame.cursor.row, height - rows)
  const up = <T extends Place>(place: T): T => ({ ...place, row: place.row - top })
  const glyphs = frame.glyphs.map(up).filter(({ row, ends }) => row >= 0 && (ends ? row < rows - 1 : row < rows))
  const last = glyphs.at(-1)
  const end = up(frame.end)
  const cut = !last
    ? { row: 0, column: 0 }
    : last.ends
      ? { row: last.row + 1, column: 0 }
      : { row: last.row, column: last.column + last.width }
  return { ...frame, glyphs, cursor: up(frame.cursor), end: end.row < rows ? end : cut }
}
