import { createHash } from 'node:crypto'

/** The longest name of a file in a zip has 65,535 bytes; no path of an endpoint comes close that is not made to. */
const MAX_PATH_BYTES = 32_000

/** Returns the parts of an endpoint's path, with the drive as the first: `C:`, `Users`, `x`. */
export function partsOf(path: string): string[] {
  const parts = (path.startsWith('/') ? path.split('/') : path.split(/[\\/]/)).filter(part => !['', '.', '..'].includes(part))
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES && parts.length > 0) return parts
  return [`too-long-${createHash('sha256').update(path).digest('hex')}`]
}

/**
 * Returns the name in a zip of a file with these parts, as Velociraptor writes it and reads it again: what a file system would not take is
 * percent-encoded, and so are dots and blanks at the ends of a part.
 */
export function zipPath(parts: readonly string[]): string {
  return parts.map(encoded).join('/')
}

function encoded(part: string): string {
  return part.replace(/[?"*:|<>%/\\\x00-\x1f\x7f]|^[. ]|[. ]$/g, percent)
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
