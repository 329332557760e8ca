/**
 * Places in a text where a cursor can be: between what a reader takes for characters (extended grapheme clusters, UAX #29).
 * All places are indexes in UTF-16 units.
 */

const PLAIN = /^[\x20-\x7e]*$/

// Made once: a segmenter takes a millisecond to make and has no state.
let shared: Intl.Segmenter | undefined

/** The clusters of a text, in order. */
export function graphemes(text: string): string[] {
  if (PLAIN.test(text)) return [...text]
  shared ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return Array.from(shared.segment(text), ({ segment }) => segment)
}

/** Where the line begins that `at` is in. */
export function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
}

/** The line that `at` is in. It begins at such a place, from which the others are found without looking at all that is before it. */
function lineAt(text: string, at: number): { start: number, line: string } {
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
