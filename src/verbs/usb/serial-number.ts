/** Characters that nobody sees: controls such as NUL, marks of direction, zero-width ones, blanks of all kinds. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu

/**
 * What stands where a device has no serial number: zeros, one sign over and over, words, the digits in their order; and Windows' own ids,
 * with `&` in second place.
 */
const COMMON =
  /^(?:[0\p{P}\p{S}\s]+|(.)\1{3,}|n\/?a|none|null|nil|nan|undefined|unknown|not (?:available|applicable|specified)|(?:to be )?filled by o\.?e\.?m\.?|default string|(?:0?123456789|1234567890)abcdef|[0-9a-f]&.*)$/iu

/**
 * What a serial number says of a USB device. Only one that tells it from others of its make can stand for it in an approval.
 * - `missing`: there is none, or nothing to see in it. An approval without one is for all of the vendor or product
 * - `common`: one that sticks have whose maker gave them none
 */
export type SerialKind = 'telling' | 'missing' | 'common'

/** @param serial as the service or a file has it: null, absent, empty, blanks and NULs are none */
export function serialKind(serial: string | null | undefined): SerialKind {
  const seen = String(serial ?? '')
    .replaceAll(UNSEEN, ' ')
    .trim()
  if (seen === '') return 'missing'
  return COMMON.test(seen) ? 'common' : 'telling'
}

/**
 * The characters of a text that nobody sees, as `U+200E`; ordinary blanks are none of them. They come along from dialogs and web pages, and
 * fit no device.
 */
export function unseenIn(text: string): string[] {
  const found = (text.match(UNSEEN) ?? []).filter(character => character !== ' ')
  return [...new Set(found.map(character => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`))]
}

/** A text without them. */
export function withoutUnseen(text: string): string {
  return text.replaceAll(UNSEEN, character => (character === ' ' ? ' ' : ''))
}
