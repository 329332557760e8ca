/** Invisible characters: controls such as NUL, direction marks, zero-width characters, and all kinds of spaces. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * Placeholders for a missing serial number: zeros, one character repeated, words, or digits in sequence; also ids that Windows generates,
 * with `&` as the second character.
 */
const COMMON =
  /^(?:[0\p{P}\p{S}\s]+|(.)\1{3,}|n\/?a|none|null|nil|nan|undefined|unknown|not (?:available|applicable|specified)|(?:to be )?filled by o\.?e\.?m\.?|default string|(?:0?123456789|1234567890)abcdef|[0-9a-f]&.*)$/iu

/**
 * How well a serial number identifies a USB device. Only a `telling` one distinguishes it from others of the same model.
 * - `missing`: absent or without visible characters. An approval without one covers all devices of the vendor or product
 * - `common`: a placeholder that many devices share
 */
export type SerialKind = 'telling' | 'missing' | 'common'

/** Classifies a serial number. @param serial from the service or a file; null, empty, spaces and NULs count as missing */
export function serialKind(serial: string | null | undefined): SerialKind {
  const seen = String(serial ?? '')
    .replaceAll(UNSEEN, ' ')
    .trim()
  if (seen === '') return 'missing'
  return COMMON.test(seen) ? 'common' : 'telling'
}

/**
 * Returns the invisible characters of a text, as `U+200E`, except ordinary spaces. They are copied along from dialogs and web pages, and match
 * no device.
 */
export function unseenIn(text: string): string[] {
  const found = (text.match(UNSEEN) ?? []).filter(character => character !== ' ')
  return [...new Set(found.map(character => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`))]
}

/** Removes invisible characters from a text, except ordinary spaces. */
export function withoutUnseen(text: string): string {
  return text.replaceAll(UNSEEN, character => (character === ' ' ? ' ' : ''))
}
