import stringWidth from 'string-width'
import { breakLines, type Fit } from '../core/text/wrap.ts'

/** Code units that are read for each column of the terminal: combining marks take up no column. */
const UNITS_PER_COLUMN = 8
/** Code units that are measured together: the time to measure text that is not ASCII grows with the square of its length. */
const MEASURED = 100
/** The widths of characters that have been measured already. */
type Widths = Map<string, number>

const ASCII = /^[ -~]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Returns how many columns of a terminal a text takes up. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (let at = 0; at < text.length; at += MEASURED) width += stringWidth(text.slice(at, at + MEASURED))
  return width
}

/**
 * Cuts a text to at most `width` columns of a terminal, with a mark if something is left out. Never cuts a character in half.
 */
export function cut(text: string, width: number, mark = '…'): string {
  return widthOf(text) <= width ? text : beginning(text, width - mark.length) + mark
}

/** Cuts a path to at most `width` columns: in front of its last part, which is kept as long as possible. */
export function cutMiddle(path: string, width: number): string {
  if (widthOf(path) <= width) return path
  const last = path.slice(Math.max(path.lastIndexOf('\\', path.length - 2), path.lastIndexOf('/', path.length - 2), 0))
  const room = width - 1 - widthOf(last)
  return room < 0 ? `…${ending(last, width - 1)}` : `${beginning(path, room)}…${last}`
}

/** Breaks a text into lines of at most `width` columns, behind blanks or within words that are too long; nothing is left out. */
export function wrap(text: string, width: number): string[] {
  return widthOf(text) <= width ? [text] : breakLines(text, fitting(width), true)
}

function fitting(width: number): Fit {
  const widths: Widths = new Map()
  // A character with many combining marks can be wider than a line.
  return text => beginning(text, Math.max(width, 2), widths) || String.fromCodePoint(text.codePointAt(0) ?? 0)
}

function beginning(text: string, width: number, widths?: Widths): string {
  const part = text.slice(0, width * UNITS_PER_COLUMN)
  if (ASCII.test(part)) return part.slice(0, width)
  return takeWhileFitting(charactersOf(part), width, widths).join('')
}

function ending(text: string, width: number): string {
  const part = text.slice(-width * UNITS_PER_COLUMN)
  return takeWhileFitting([...charactersOf(part)].reverse(), width)
    .reverse()
    .join('')
}

function* charactersOf(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) yield segment
}

/** Returns the first characters, as many as fit into `width` columns. */
function takeWhileFitting(characters: Iterable<string>, width: number, widths: Widths = new Map()): string[] {
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
