import { invalid } from './errors.ts'
import { listOf, numberOf, text, type PsObject, type Value } from './values.ts'

/** Node's names of encodings, by .NET's names. */
const ENCODINGS: Record<string, BufferEncoding> = {
  utf8: 'utf8',
  'utf-8': 'utf8',
  unicode: 'utf16le',
  'utf-16': 'utf16le',
  ascii: 'latin1',
  'us-ascii': 'latin1',
  default: 'latin1',
  1252: 'latin1',
  utf16le: 'utf16le',
  latin1: 'latin1',
}

/** @throws PsError when there is no such encoding */
export function encodingOf(name: string): BufferEncoding {
  const found = ENCODINGS[name.toLowerCase()]
  if (found === undefined) throw invalid(`'${name}' is not a supported encoding name.`)
  return found
}

/** @throws PsError when it isn't Base64 */
export function decodeBase64(encoded: string): Uint8Array {
  const bare = encoded.replace(/\s/g, '')
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) {
    throw invalid(
      'Exception calling "FromBase64String" with "1" argument(s): "The input is not a valid Base-64 string."',
      'FormatException',
    )
  }
  return Buffer.from(bare, 'base64')
}

/** The .NET type of `[Text.Encoding]::UTF8`. */
export const ENCODING = 'System.Text.Encoding'

/** Calls `GetBytes` or `GetString` of an encoding. @throws PsError for any other method */
export function encodingMethod(encoding: PsObject, method: string, [value]: Value[]): Value {
  const name = encodingOf(text(encoding.get('Name')))
  if (method === 'getbytes') return Buffer.from(text(value), name)
  if (method === 'getstring') return Buffer.from(listOf(value).map(one => numberOf(one))).toString(name)
  throw invalid(`Method invocation failed because [${ENCODING}] does not contain a method named '${method}'.`, 'MethodNotFound')
}
