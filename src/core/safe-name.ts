import { isDeviceName } from './windows-names.ts'

/** The folder in which the SDK looks for credentials: its content decides which service the next command talks to. */
const CREDENTIALS = /^\.carbonblack$/i
/** The most bytes of a name: file systems allow 255, of which some are needed for `.part` and numbers. */
const MAX_NAME_BYTES = 240
/** The most bytes of an extension that is preserved. */
const MAX_EXTENSION_BYTES = 20

/** Turns an endpoint's name for a file into a safe name on this machine: it can't decide where the file goes, nor hide characters. */
export function safeName(name: string): string {
  const flat = name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '_')
  const short = shortened(flat).replace(/[. ]+$/, '_')
  return short === '' || short === '_' || isDeviceName(short) || CREDENTIALS.test(short) ? `_${short}` : short
}

/** Shortens a name, but keeps its extension: a Windows name may have three times as many bytes as fit here. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && Buffer.byteLength(name.slice(dot)) <= MAX_EXTENSION_BYTES ? name.slice(dot) : ''
  let stem = ''
  let room = MAX_NAME_BYTES - Buffer.byteLength(extension)
  for (const character of name) {
    room -= Buffer.byteLength(character)
    if (room < 0) break
    stem += character
  }
  return stem + extension
}
