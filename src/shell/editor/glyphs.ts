import stringWidth from 'string-width'
import { append } from '../../core/lists.ts'
import { graphemes } from './graphemes.ts'

/** What is drawn in one go: a character as a reader takes it, or one of the signs that stand for a control character. */
export interface Glyph {
  readonly text: string
  /** Cells it takes. */
  readonly width: number
  /** Cells that must be left in a row for it to be drawn there. */
  readonly room: number
  /**
   * Terminals disagree on the width of most that is young or combined (emoji, joined sequences, marks). Such a glyph is drawn
   * on cleared cells, the cursor is then sent to where it belongs, and room is left for a terminal that takes every part as
   * a character of its own: wrong glyphs are possible, a wrong layout isn't.
   */
  readonly fenced: boolean
  /** SGR sequences in force. */
  readonly style: string
  /** Where in the line it comes from. */
  readonly index: number
  /** The row ends here. */
  readonly ends: boolean
}

/** Letters whose width all terminals agree on: Latin, Greek, Cyrillic, kana, Han of the basic plane, Hangul syllables. */
const AGREED =
  /^[\x20-\x7e\u00a1-\u00a8\u00aa-\u00ac\u00af-\u02ff\u0370-\u0377\u0384-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]$/

/** What a terminal would obey, or what nobody would see: controls, formats (text direction), lone surrogates, line separators. */
const HIDDEN = /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

const SGR = /\x1b\[[0-9;:]*m/g

/** The glyphs of untrusted text, with the style that the stretch from `from` to `to` is given. */
export function textGlyphs(text: string, style = '', from = 0, to = text.length): Glyph[] {
  const glyphs: Glyph[] = []
  let index = 0
  for (const cluster of graphemes(text)) {
    const own = index >= from && index < to ? style : ''
    for (const drawn of visible(cluster)) glyphs.push(glyph(drawn, own, index))
    index += cluster.length
  }
  return glyphs
}

/** The glyphs of our own text, which may be coloured. */
export function styledGlyphs(text: string): Glyph[] {
  const glyphs: Glyph[] = []
  let style = ''
  let at = 0
  for (const found of text.matchAll(SGR)) {
    append(glyphs, textGlyphs(text.slice(at, found.index), style))
    style = /^\x1b\[0*m$/.test(found[0]) ? '' : style + found[0]
    at = found.index + found[0].length
  }
  return [...glyphs, ...textGlyphs(text.slice(at), style)]
}

/** The text with all that is hidden made visible, in one row. */
export function visibleText(text: string): string {
  return textGlyphs(text)
    .map(({ text: drawn, ends }) => (ends ? '^J' : drawn))
    .join('')
}

function glyph(text: string, style: string, index: number): Glyph {
  if (text === '\n') return { text, width: 0, room: 1, fenced: false, style: '', index, ends: true }
  const width = stringWidth(text)
  const fenced = !AGREED.test(text)
  return { text, width, room: fenced ? widest(text, width) : width, fenced, style, index, ends: false }
}

/** Cells that the most ignorant terminal uses for it, and one more, so that it never touches the right edge. */
function widest(text: string, width: number): number {
  const parts = [...text].reduce((sum, part) => sum + stringWidth(part), 0)
  return Math.max(width, parts) + 1
}

/** What is drawn for a cluster: itself, or plain letters in its place. */
function visible(cluster: string): string[] {
  if (cluster === '\n') return [cluster]
  if (!HIDDEN.test(cluster) && (AGREED.test(cluster) || stringWidth(cluster) > 0)) return [cluster]
  return [...cluster].flatMap(part => [...sign(part)])
}

/** `^X` for the control characters that a keyboard has, the code point for all others. */
function sign(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `^${String.fromCharCode(code ^ 0x40)}`
  return char >= ' ' && char <= '~' ? char : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
