/** The longest foreign text that is repeated in a message, characters. */
const MAX_MESSAGE_CHARS = 1000

/** Shortens a text of any length, and marks the omission. A character of two code units is never split. */
export function shortened(text: string, longest = MAX_MESSAGE_CHARS): string {
  if (text.length <= longest) return text
  const half = (text.codePointAt(longest - 1) ?? 0) > 0xffff
  return `${text.slice(0, half ? longest - 1 : longest)}…`
}
