import { codePageDecoder } from '../../../../core/text/code-pages.ts'
import { encodeText } from '../../../../core/text/encode-text.ts'
import type { Run } from '../../processes/run.ts'
import { collect, readBody } from '../../fs/body.ts'
import { invalid } from './errors.ts'

/** The most bytes of a text that a script can use. */
const MOST_TEXT = 16 * 1024 * 1024

/** The ANSI code page, which Windows PowerShell assumes for files without a byte order mark. */
const ANSI = 1252
const OEM = 437

/** Reads a text file of the endpoint, decoded by its byte order mark, or in the ANSI code page. @throws SensorError */
export async function readText(run: Run, path: string): Promise<string> {
  const bytes = await readBytes(run, path)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.toString('utf8', 3) : decode(bytes, ANSI)
}

/** Decodes bytes in a code page; UTF-8 when the code page is unknown. */
export function decode(bytes: Buffer, page: number): string {
  const decoder = codePageDecoder(page)
  return decoder === undefined ? bytes.toString('utf8') : decoder.push(bytes) + decoder.end()
}

/** @throws SensorError */
export async function readBytes({ machine, directory }: Run, path: string): Promise<Buffer> {
  const body = await machine.look(({ files }) => files.read(path, directory))
  return collect(readBody(machine.blobs, body, 0, MOST_TEXT))
}

/** Splits a text into lines; a line end at its very end doesn't begin another line. */
export function linesOf(content: string): string[] {
  const lines = content.split(/\r?\n/)
  if (lines[lines.length - 1] === '') lines.pop()
  return lines
}

/**
 * Encodes a text in the encoding requested from a cmdlet, with `\r\n`.
 * @param start whether it is the beginning of a file, which gets a byte order mark
 * @throws PsError when there is no such encoding
 */
export function encodeLines(text: string, encoding: string, start = true): Buffer {
  const lines = text.replace(/\r?\n/g, '\r\n')
  switch (encoding.toLowerCase()) {
    case 'unicode':
      return Buffer.from(`${start ? '\ufeff' : ''}${lines}`, 'utf16le')
    case 'utf8':
      return Buffer.from(`${start ? '\ufeff' : ''}${lines}`, 'utf8')
    case 'ascii':
      return Buffer.from(lines.replace(/[^\0-\x7f]/g, '?'), 'latin1')
    case 'default':
    case 'string':
      return encodeText(lines, ANSI)?.bytes ?? Buffer.from(lines)
    case 'oem':
      return encodeText(lines, OEM)?.bytes ?? Buffer.from(lines)
    default:
      throw invalid(
        `Cannot validate argument on parameter 'Encoding'. The argument "${encoding}" does not belong to the set "unknown;string;unicode;bigendianunicode;utf8;utf7;utf32;ascii;default;oem".`,
      )
  }
}

/** Writes or appends to a file of the endpoint. @throws SensorError */
export async function writeBytes({ machine, directory }: Run, path: string, bytes: Uint8Array, append = false): Promise<void> {
  const old = append ? await machine.look(({ files }) => files.tryFind(path, directory)?.place.node.body) : undefined
  const parts = old === undefined ? [bytes] : [await collect(readBody(machine.blobs, old)), bytes]
  const body = await machine.blobs.write(
    (async function* () {
      yield* parts
    })(),
  )
  await machine.change(({ files }) => files.write(path, body, directory))
}
