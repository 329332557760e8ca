import stringWidth from 'string-width'

/**
 * The beginning of a text that takes at most so many cells of a terminal, with a mark at its end where something is left out.
 * @param text no longer than `shortened` leaves it: the time to measure what is not ASCII grows with the square of the length
 * @param width undefined is no limit
 */
export function cut(text: string, width = Infinity, mark = '…'): string {
  if (stringWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const character of text) {
    used += stringWidth(character)
    if (used > width - mark.length) break
    kept += character
  }
  return kept + mark
}
