/** Blocks of wide characters: Hangul, CJK, fullwidth forms. */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
]

const ZERO = /^[\p{Mn}\p{Me}\u200b-\u200d\u2060\ufeff]$/u
const PICTURE = /^\p{Emoji_Presentation}$/u

/** Returns how many columns of a terminal a character takes: 0 for what is drawn onto the one before, 1 or 2. */
export function widthOf(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x300) return 1
  if (ZERO.test(character)) return 0
  return PICTURE.test(character) || WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}
