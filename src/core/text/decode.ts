import { TextDecoder } from 'node:util'
import { Malformed } from './malformed.ts'

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/**
 * Decodes text as editors, spreadsheets and PowerShell write it: UTF-8, or UTF-16 in either byte order, with or without a byte order mark.
 * All line ends (CRLF, CR) become LF. Text comes piece by piece, as the bytes do.
 * @throws Malformed: it is neither. Windows code pages are not guessed, because the bytes don't say which one it is
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const reader = new TextReader()
  for await (const chunk of bytes) {
    const text = reader.push(chunk)
    if (text !== '') yield text
  }
  const rest = reader.end()
  if (rest !== '') yield rest
}

/** Decodes bytes that are all there. @throws Malformed */
export function decodeWhole(bytes: Uint8Array): string {
  const reader = new TextReader()
  return reader.push(bytes) + reader.end()
}

/** Decodes piece by piece, as soon as the meaning of the bytes is certain: in UTF-8 that is so for every whole line. */
export class TextReader {
  readonly #lines = new Lines()
  #decoder: Decoder | undefined
  #first: Uint8Array = new Uint8Array()

  /** @throws Malformed */
  push(chunk: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#lines.push(this.#decoder.push(chunk))
    this.#first = this.#first.length === 0 ? chunk : Buffer.concat([this.#first, chunk])
    if (!tellsEncoding(this.#first)) return ''
    this.#decoder = new Decoder(encodingOf(this.#first))
    return this.#lines.push(this.#decoder.push(this.#first))
  }

  /** @throws Malformed */
  end(): string {
    const rest =
      this.#decoder === undefined
        ? new Decoder(encodingOf(this.#first)).push(this.#first, true)
        : this.#decoder.push(new Uint8Array(), true)
    return this.#lines.push(rest) + this.#lines.end()
  }
}

/** Whether the first bytes are enough to tell the encoding. */
function tellsEncoding([a, b, , d]: Uint8Array): boolean {
  return d !== undefined || (a !== undefined && b !== undefined && a !== 0 && b !== 0 && a < 0xfe)
}

/**
 * Detects the encoding by the byte order mark; without one, by the zero bytes that UTF-16 has in every other place of English text, such as
 * headings and the punctuation of JSON.
 */
function encodingOf([a, b, c, d]: Uint8Array): Encoding {
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return 'utf-16le'
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? 'utf-16be' : 'utf-8'
}

/** Decodes piece by piece, and keeps track of the line for error messages. */
class Decoder {
  readonly #encoding: Encoding
  readonly #text: TextDecoder
  /** Bytes after the last certain end of a character. */
  #held: Uint8Array = new Uint8Array()
  #line = 1
  /** The last character. */
  #last = ''

  constructor(encoding: Encoding) {
    this.#encoding = encoding
    this.#text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  }

  /** @throws Malformed */
  push(chunk: Uint8Array, end = false): string {
    const all = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const cut = end ? all.length : this.#boundary(all)
    this.#held = all.subarray(cut)
    const text = this.#decode(all.subarray(0, cut))
    const begins = this.#last === ''
    this.#line += this.#linesIn(text)
    this.#last = text.at(-1) ?? this.#last
    return begins && text.startsWith('\ufeff') ? text.slice(1) : text
  }

  /** The number of bytes that certainly form whole characters. */
  #boundary(bytes: Uint8Array): number {
    if (this.#encoding === 'utf-8') return bytes.findLastIndex(byte => byte < 0x80) + 1
    const whole = bytes.length - (bytes.length % 2)
    const high = bytes[this.#encoding === 'utf-16le' ? whole - 1 : whole - 2] ?? 0
    // The first half of a surrogate pair waits for the second.
    return high >= 0xd8 && high < 0xdc ? whole - 2 : whole
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#text.decode(bytes)
    } catch {
      const [lenient, why] =
        this.#encoding === 'utf-8'
          ? [validPart(bytes), 'is not UTF-8 text']
          : [new TextDecoder(this.#encoding, { ignoreBOM: true }).decode(bytes).split('\ufffd', 1)[0] ?? '', 'is not UTF-16 text']
      throw new Malformed(this.#line + this.#linesIn(lenient), why)
    }
  }

  /** The number of line ends in the next text; a CRLF that is split between two pieces counts once. */
  #linesIn(text: string): number {
    return (text.match(/\r\n|\r|\n/g)?.length ?? 0) - (this.#last === '\r' && text.startsWith('\n') ? 1 : 0)
  }
}

/** The text before the first byte that is not UTF-8. */
function validPart(bytes: Uint8Array): string {
  const again = Buffer.from(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  return new TextDecoder().decode(
    bytes.subarray(
      0,
      bytes.findIndex((byte, at) => byte !== again[at]),
    ),
  )
}

/** Converts line ends to LF, also a CRLF that is split between two pieces. */
class Lines {
  #held = ''

  push(piece: string): string {
    const text = this.#held + piece
    this.#held = text.endsWith('\r') ? '\r' : ''
    return text.slice(0, text.length - this.#held.length).replaceAll(/\r\n?/g, '\n')
  }

  end(): string {
    return this.#held === '' ? '' : '\n'
  }
}
