import { createHash } from 'node:crypto'

/** The most bytes of a part of a path. */
const MAX_PART_BYTES = 255
/** What a bag's manifest would have to encode, and what such a name could be taken for. */
const SPECIAL = /[%\r\n]|=(?=25|0[AD]|3D)/g

/**
 * Returns the name of a case's file in a bag. RFC 8493 (2.1.3) wants `%` and line breaks encoded in manifests, which `sha256sum -c` doesn't
 * decode; event logs of Windows have `%4` in their names. So these characters are encoded in the name itself, with `=` as quoted-printable has it:
 * any reader then finds the file by what the manifest says. No two files get the same name.
 */
export function bagName(file: string): string {
  return file.split('/').map(partName).join('/')
}

function partName(part: string): string {
  const encoded = part.replace(SPECIAL, character => `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  if (Buffer.byteLength(encoded) <= MAX_PART_BYTES) return encoded
  return `=too-long=${createHash('sha256').update(part).digest('hex')}`
}
