/**
 * 8.3 names as NTFS makes them: six characters and `~1` … `~4`, and from the fifth clash on two characters, four hexadecimal digits
 * of a hash of the long name, and `~1` ….
 */

const INVALID_IN_83 = /[+,;=[\]\s]/
const MAX_BASE = 8
const CLASHES_BEFORE_HASH = 4

/** Whether a long name is itself a valid 8.3 name, in any case: then it has no separate short name. */
export function isShort(name: string): boolean {
  const match = /^([^.]{1,8})(?:\.([^.]{1,3}))?$/.exec(name)
  return match !== null && !INVALID_IN_83.test(name) && isAscii(name)
}

/**
 * Makes the short name for a long one.
 * @param taken whether a name (upper case) is already used in the directory, as a long or as a short name
 * @returns '' when the long name is itself a short one
 */
export function shortName(long: string, taken: (name: string) => boolean): string {
  if (isShort(long)) return ''
  const { base, extension } = parts(long)
  for (let clash = 1; clash <= CLASHES_BEFORE_HASH; clash++) {
    const candidate = compose(base.slice(0, 6), clash, extension)
    if (!taken(candidate)) return candidate
  }
  for (let salt = 0; ; salt++) {
    const hash = checksum(long, salt).toString(16).toUpperCase().padStart(4, '0')
    for (let clash = 1; clash <= 9; clash++) {
      const candidate = compose(base.slice(0, 2) + hash, clash, extension)
      if (!taken(candidate)) return candidate
    }
  }
}

function compose(stem: string, clash: number, extension: string): string {
  const tail = `~${clash}`
  return stem.slice(0, MAX_BASE - tail.length) + tail + (extension === '' ? '' : `.${extension}`)
}

/**
 * Reduces a name to upper case, without blanks and all dots but the last; other invalid characters become `_` (beyond ASCII: hexadecimal).
 */
function parts(long: string): { base: string; extension: string } {
  const trimmed = long.replace(/^[.\s]+/, '')
  const dot = trimmed.lastIndexOf('.')
  const clean = (text: string) =>
    [...text.toUpperCase().replace(/[.\s]/g, '')].map(char => (isAscii(char) ? char.replace(INVALID_IN_83, '_') : hex(char))).join('')
  return dot < 0
    ? { base: clean(trimmed), extension: '' }
    : { base: clean(trimmed.slice(0, dot)), extension: clean(trimmed.slice(dot + 1)).slice(0, 3) }
}

const isAscii = (text: string) => /^[\x20-\x7e]*$/.test(text)
const hex = (char: string) => (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')

function checksum(text: string, salt: number): number {
  let sum = salt
  for (let at = 0; at < text.length; at++) sum = (sum * 37 + text.charCodeAt(at)) & 0xffff
  return sum
}
