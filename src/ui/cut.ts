import stringWidth from 'string-width'

/** How much of a line, at its end, is looked through for a blank to break at: a line is not left half empty. */
const BREAKABLE = 1 / 3
/** Code units that are looked at for each column that is wanted: marks that combine with a character take up none. */
const UNITS_PER_COLUMN = 8
/** Code units that are measured together: the time for text that is not ASCII grows with the square of its length. */
const MEASURED = 100
/** Widths of characters that were measured before. */
type Widths = Map<string, number>

const ASCII = /^[ -~]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Characters of a terminal that a text takes up. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (let at = 0; at < text.length; at += MEASURED) width += stringWidth(text.slice(at, at + MEASURED))
  return width
}

/**
 * The beginning of a text that takes at most so many characters of a terminal, with a mark where something is left out. Never half a
 * character.
 */
export function cut(text: string, width: number, mark = '…'): string {
  return widthOf(text) <= width ? text : beginning(text, width - mark.length) + mark
}

/** A path, at most so wide: what is left out stands before its last part, which stays as long as it can. */
export function cutMiddle(path: string, width: number): string {
  if (widthOf(path) <= width) return path
  const last = path.slice(Math.max(path.lastIndexOf('\\', path.length - 2), path.lastIndexOf('/', path.length - 2), 0))
  const room = width - 1 - widthOf(last)
  return room < 0 ? `…${ending(last, width - 1)}` : `${beginning(path, room)}…${last}`
}

/** The lines of a text that may be wider than `width`; nothing is left out. They break after a blank where there is one near their end. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  const widths: Widths = new Map()
  if (widthOf(text) <= width) return [text]
  for (let rest = text; ;) {
    // A character with many marks can be wider than a line.
    const most = beginning(rest, Math.max(width, 2), widths) || String.fromCodePoint(rest.codePointAt(0) ?? 0)
    if (most === rest) return [...lines, rest]
    const blank = most.lastIndexOf(' ') + 1
    const line = blank > most.length * (1 - BREAKABLE) ? most.slice(0, blank) : most
    lines.push(line)
    rest = rest.slice(line.length)
  }
}

function beginning(text: string, width: number, widths?: Widths): string {
  const part = text.slice(0, width * UNITS_PER_COLUMN)
  if (ASCII.test(part)) return part.slice(0, width)
  return taken(charactersOf(part), width, widths).join('')
}

function ending(text: string, width: number): string {
  const part = text.slice(-width * UNITS_PER_COLUMN)
  return taken([...charactersOf(part)].reverse(), width)
    .reverse()
    .join('')
}

function* charactersOf(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) yield segment
}

/** As many of the first characters as are at most so wide. */
function taken(characters: Iterable<string>, width: number, widths: Widths = new Map()): string[] {
  const kept: string[] = []
  let used = 0
  for (const character of characters) {
    const known = widths.get(character) ?? stringWidth(character)
    widths.set(character, known)
    used += known
    if (used > width) break
    kept.push(character)
  }
  return kept
}
