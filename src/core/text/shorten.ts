/** Longest text of somebody else's that is repeated in a message, characters. */
const MAX_MESSAGE_CHARS = 1000

/**
 * The beginning of a text that may be of any length, with a mark where something is left out. A character of two units is never cut in
 * half.
 */
export function shortened(text: string, longest = MAX_MESSAGE_CHARS): string {
  if (text.length <= longest) return text
  const half = (text.codePointAt(longest - 1) ?? 0) > 0xffff
  return `${text.slice(0, half ? longest - 1 : longest)}…`
}
