/*
 * Trims text in linear time. A pattern such as / +$/ is retried at every blank of a long run: with 300,000 blanks in the middle of a text
 * it takes minutes, and such texts come from endpoints and files.
 */

/** Removes all of `characters` from the end of the text. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** Removes all of `characters` from the beginning of the text. */
export function trimStart(text: string, characters: string): string {
  let from = 0
  while (from < text.length && characters.includes(text.charAt(from))) from += 1
  return text.slice(from)
}

/** Removes all of `characters` from both ends of the text. */
export function trimEnds(text: string, characters: string): string {
  return trimEnd(trimStart(text, characters), characters)
}
