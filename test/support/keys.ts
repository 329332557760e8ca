/** The bytes that a terminal sends for a key. */
const NAMED = {
  enter: '\r',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  backspace: '\x7f',
  escape: '\x1b',
  space: ' ',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
  'page-up': '\x1b[5~',
  'page-down': '\x1b[6~',
  'ctrl-left': '\x1b[1;5D',
  'ctrl-right': '\x1b[1;5C',
} as const

/** A named key, or `ctrl-` or `alt-` with one character. */
export type Key = keyof typeof NAMED | `ctrl-${string}` | `alt-${string}`

/** Returns the bytes of a key. @throws Error for an unknown key. */
export function bytesOfKey(key: Key): string {
  if (key in NAMED) return NAMED[key as keyof typeof NAMED]
  const [, modifier, letter = ''] = /^(ctrl|alt)-(.)$/su.exec(key) ?? []
  if (modifier === 'alt') return `\x1b${letter}`
  if (modifier === 'ctrl' && /^[a-z@[\\\]^_]$/i.test(letter)) return String.fromCharCode(letter.toUpperCase().charCodeAt(0) & 0x1f)
  throw new Error(`no such key: ${key}`)
}
