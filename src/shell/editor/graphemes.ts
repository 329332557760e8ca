import { append } from '../../core/lists.ts'

/**
 * Places in a text where a cursor can be: between what a reader takes for characters (extended grapheme clusters, UAX #29).
 * All places are indexes in UTF-16 units.
 */

/** Units that are looked at in one go: segmenting takes the square of the length with some versions of Node. */
const SEGMENT_UNITS = 1024

const PLAIN = /^[\x20-\x7e]*$/

// Made once: a segmenter takes a millisecond to make and has no state.
let shared: Intl.Segmenter | undefined

/** The clusters of a text, in order. */
export function graphemes(text: string): string[] {
  if (PLAIN.test(text)) return [...text]
  shared ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  const clusters: string[] = []
  for (let at = 0, size = SEGMENT_UNITS; at < text.length;) {
    // Not between the halves of a surrogate pair.
    const end = at + size + Number((text.codePointAt(at + size - 1) ?? 0) > 0xffff)
    const found = Array.from(shared.segment(text.slice(at, end)), ({ segment }) => segment)
    // The last one may go on behind the part.
    const last = end < text.length ? (found.pop() ?? '') : ''
    size = found.length > 0 ? SEGMENT_UNITS : 2 * size
    append(clusters, found)
    at = Math.min(end, text.length) - last.length
  }
  return clusters
}

/** Where the line begins that `at` is in. */
export function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** The line that `at` is in. It begins at such a place, from which the others are found without looking at all that is before it. */
function lineAt(text: string, at: number): { start: number; line: string } {
  const start = lineStart(text, at)
  const end = text.indexOf('\n', Math.max(0, at))
  return { start, line: text.slice(start, end < 0 ? text.length : end + 1) }
}

/** The next place after `at`, or the end. */
export function after(text: string, at: number): number {
  return boundary(text, at + 1)
}

/** The last place before `at`, or the start. */
export function before(text: string, at: number): number {
  return floor(text, at - 1)
}

/** `at` itself where it is such a place, else the next one. */
export function boundary(text: string, at: number): number {
  if (at >= text.length) return text.length
  const { start, line } = lineAt(text, at)
  let place = start
  for (const cluster of graphemes(line)) {
    if (place >= at) break
    place += cluster.length
  }
  return place
}

/** `at` itself where it is such a place, else the one before. */
export function floor(text: string, at: number): number {
  const { start, line } = lineAt(text, at)
  let place = start
  for (const cluster of graphemes(line)) {
    if (place + cluster.length > at) break
    place += cluster.length
  }
  return place
}
