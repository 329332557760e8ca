/*
 * Taking characters off the ends of a text in time that grows with its length. A pattern such as / +$/ is tried anew at each blank
 * of a long run: of 300,000 blanks in the middle of a text it takes minutes, and such texts come from endpoints and files.
 */

/** The text without those of `characters` that it ends with. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** The text without those of `characters` that it begins with. */
export function trimStart(text: string, characters: string): string {
  let from = 0
  while (from < text.length && characters.includes(text.charAt(from))) from += 1
  return text.slice(from)
}

/** The text without those of `characters` at either end. */
export function trimEnds(text: string, characters: string): string {
  return trimEnd(trimStart(text, characters), characters)
}
