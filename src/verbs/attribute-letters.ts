/** Attributes with a fixed position, in display order: `dahsr`, with `-` for one that is not set. */
const PLACES: readonly [string, string][] = [
  ['DIRECTORY', 'd'],
  ['ARCHIVE', 'a'],
  ['HIDDEN', 'h'],
  ['SYSTEM', 's'],
  ['READONLY', 'r'],
]

/** Letters for the other attributes, appended only when set. They match those of `attrib` where it has one. */
const OTHERS: Readonly<Record<string, string>> = {
  REPARSE_POINT: 'l',
  SYMLINK: 'l',
  COMPRESSED: 'c',
  ENCRYPTED: 'e',
  OFFLINE: 'o',
  TEMPORARY: 't',
  SPARSE_FILE: 'p',
  NOT_CONTENT_INDEXED: 'i',
  EXECUTABLE: 'x',
  DEVICE: 'v',
}

/** Carries no information, so it is not shown. */
const NONE = 'NORMAL'

/** Returns a file's attributes as letters: `d-hsr`, `-a---c`. An attribute without a letter is shown as `+`. */
export function attributeLetters(attributes: readonly string[]): string {
  const known = new Set([...PLACES.map(([name]) => name), NONE])
  const others = attributes.filter(name => !known.has(name)).map(name => OTHERS[name] ?? '+')
  return PLACES.map(([name, letter]) => (attributes.includes(name) ? letter : '-')).join('') + [...new Set(others)].join('')
}
