/** Longest text of somebody else's that is repeated in a message, characters. */
const LONGEST_MESSAGE = 1000

/** The beginning of a text that may be of any length, with a mark where something is left out. */
export function shortened(text: string, longest = LONGEST_MESSAGE): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
