/** Attributes that have a place of their own, in that order: `dahsr`, with `-` where one is missing. */
const PLACES: readonly [string, string][] = [
  ['DIRECTORY', 'd'],
  ['ARCHIVE', 'a'],
  ['HIDDEN', 'h'],
  ['SYSTEM', 's'],
  ['READONLY', 'r'],
]

/** Letters of the others, which follow where they are there; they are those of `attrib` where that has one. */
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

/** Says nothing of its own. */
const NONE = 'NORMAL'

/** A file's attributes as letters: `d-hsr`, `-a---c`. What has no letter is a `+`. */
export function attributeLetters(attributes: readonly string[]): string {
  const known = new Set([...PLACES.map(([name]) => name), NONE])
  const others = attributes.filter(name => !known.has(name)).map(name => OTHERS[name] ?? '+')
  return PLACES.map(([name, letter]) => (attributes.includes(name) ? letter : '-')).join('') + [...new Set(others)].join('')
}
