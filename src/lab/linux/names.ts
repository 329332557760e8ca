/**
 * Names of files: bytes for the kernel, strings on the wire. Bytes that aren't UTF-8 become lone surrogates (0xFF is U+DCFF), which JSON
 * carries as escapes; so each name has exactly one string, and that string leads back to the same file.
 */

import { HRESULT } from '../endpoint.ts'
import { refuse } from './errors.ts'

const ESCAPES = /[\udc80-\udcff]/u
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** The string of a name's bytes. */
export function nameOf(bytes: Uint8Array): string {
  const whole = decoded(bytes)
  if (whole !== undefined) return whole
  let name = ''
  for (let at = 0; at < bytes.length;) {
    const width = [1, 2, 3, 4].find(count => at + count <= bytes.length && decoded(bytes.subarray(at, at + count)) !== undefined)
    name += width === undefined ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : decoded(bytes.subarray(at, at + width))
    at += width ?? 1
  }
  return name
}

/** The bytes of a name's string: the inverse of {@link nameOf}. */
export function bytesOf(name: string): Buffer {
  if (!ESCAPES.test(name)) return Buffer.from(name)
  // With the `u` flag a surrogate matches only where it stands alone.
  return Buffer.concat(
    Array.from(name, letter => (ESCAPES.test(letter) ? Buffer.from([letter.charCodeAt(0) - 0xdc00]) : Buffer.from(letter))),
  )
}

/** An endpoint path in pieces. */
export interface ParsedPath {
  /** The parts, in order, without empty ones and `.`; `..` stays, as what it means depends on links. */
  parts: string[]
  /** It ends with a separator (or with `/.`): it means what is in the directory. */
  trailing: boolean
}

/**
 * Takes an endpoint path apart; relative ones start at `/`.
 * @throws SensorError INVALID_PARAMETER for an empty path, one with a NUL, or one that no bytes stand for.
 */
export function parsePath(path: string | undefined): ParsedPath {
  if (path === undefined || path === '' || path.includes('\0') || nameOf(bytesOf(path)) !== path)
    refuse(HRESULT.INVALID_PARAMETER, 'not a path')
  return { parts: partsOf(path), trailing: /(^|\/)\.{0,2}$/.test(path) }
}

/** The parts of a path, without empty ones and `.`. */
export function partsOf(path: string): string[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}
