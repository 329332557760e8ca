/**
 * The colours that cbc itself uses, exactly: bold, dim, the red of errors, green, red, orange, blue and teal of the palette of 256, and
 * their ends.
 */
const COLOURS = /\u001b\[(?:1|2|22|31|38;5;(?:28|160|166|32|31)|39)m/g

/** Characters that control a terminal, are invisible, or change the direction of text. The list is independent of the source on purpose. */
const DANGEROUS: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f],
]

/**
 * Returns the dangerous characters in text sent to a terminal, apart from cbc's colours and line ends, as numbers.
 * @param kept further allowed characters
 */
export function dangers(text: string, kept = '\n'): string[] {
  const found = [...text.replace(COLOURS, '')].filter(character => !kept.includes(character) && isDangerous(character.codePointAt(0) ?? 0))
  return found.map(character => (character.codePointAt(0) ?? 0).toString(16))
}

function isDangerous(code: number): boolean {
  return DANGEROUS.some(([from, to]) => code >= from && code <= to)
}

/** The exact sequences with which the line editor, the spinner and the prompts move and clear; hostile texts contain none of them. */
const OWN_SEQUENCES =
  /\u001b\[(?:|0|1|2|4|7|22|24|27|3[1-9]|9[0-7])m|\u001b\[\d*[ABCDG]|\u001b\[[012]?[K]|\u001b\[J|\u001b\[\?(?:25|2004|2026)[hl]|\r/g

/**
 * Returns the dangerous characters in everything that a program wrote to a terminal it draws on, as numbers. A bell is allowed: it answers
 * a key without a meaning.
 */
export function terminalDangers(raw: string): string[] {
  return dangers(raw.replace(OWN_SEQUENCES, ''), '\n\t\b\u0007')
}
