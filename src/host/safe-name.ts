import { isDeviceName } from '../core/windows-names.ts'

/** The folder in which the SDK looks for credentials: whoever fills it decides whom the next command talks to. */
const CREDENTIALS = /^\.carbonblack$/i
/** Bytes of a name: file systems have room for 255, and some are needed for `.part` and numbers. */
const MAX_NAME_BYTES = 240
/** Bytes of it that its extension may have. */
const MAX_EXTENSION_BYTES = 20

/** The endpoint's name for a file as a name on this machine: it never decides where the file goes, and shows as what it is. */
export function safeName(name: string): string {
  const flat = name.replace(/[\\/:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '_')
  const short = shortened(flat).replace(/[. ]+$/, '_')
  return short === '' || short === '_' || isDeviceName(short) || CREDENTIALS.test(short) ? `_${short}` : short
}

/** A name of Windows may have three times as many bytes as there is room for here. Its extension stays. */
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
