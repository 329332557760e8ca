/**
 * File names are bytes for the kernel, and strings on the wire. Bytes that aren't UTF-8 become lone surrogates (0xFF is U+DCFF), which
 * JSON escapes. So each name has exactly one string, which leads back to the same file.
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

/** Returns the string for a name's bytes. */
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

/** Returns the bytes for a name's string: the inverse of {@link nameOf}. */
export function bytesOf(name: string): Buffer {
  if (!ESCAPES.test(name)) return Buffer.from(name)
  // With the `u` flag only a lone surrogate matches.
  return Buffer.concat(
    Array.from(name, letter => (ESCAPES.test(letter) ? Buffer.from([letter.charCodeAt(0) - 0xdc00]) : Buffer.from(letter))),
  )
}

/** A split endpoint path. */
export interface ParsedPath {
  /** The parts, in order, without empty ones and `.`; `..` is kept, because its meaning depends on links. */
  parts: string[]
  /** Whether it ends with a separator (or with `/.`) and so means the directory's contents. */
  trailing: boolean
}

/**
 * Splits an endpoint path; relative ones start at `/`.
 * @throws SensorError INVALID_PARAMETER for a path that is empty, has a NUL, or can't be turned into bytes.
 */
export function parsePath(path: string | undefined): ParsedPath {
  if (path === undefined || path === '' || path.includes('\0') || nameOf(bytesOf(path)) !== path)
    refuse(HRESULT.INVALID_PARAMETER, 'not a path')
  return { parts: partsOf(path), trailing: /(^|\/)\.{0,2}$/.test(path) }
}

/** Returns the parts of a path, without empty ones and `.`. */
export function partsOf(path: string): string[] {
  return path.split('/').filter(part => part !== '' && part !== '.')
}
