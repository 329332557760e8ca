import { codePageDecoder } from './code-pages.ts'

/** Code pages in which some characters take two bytes. */
const WIDE = new Set([932, 936, 949, 950, 54936])
/** The bytes of each character of a code page, filled on first use. */
const TABLES = new Map<number, ReadonlyMap<string, number[]>>()

/** Text encoded in a code page, and the characters that it lacks: each became a question mark. */
export interface Encoded {
  bytes: Buffer
  lost: Set<string>
}

/** Encodes text in a Windows code page. @returns undefined where the code page is unknown */
export function encodeText(text: string, page: number): Encoded | undefined {
  if (page === 65001) return { bytes: Buffer.from(text), lost: new Set() }
  if (page === 1200 || page === 1201)
    return { bytes: page === 1200 ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'utf16le').swap16(), lost: new Set() }
  const table = tableOf(page)
  if (table === undefined) return undefined
  const lost = new Set<string>()
  const bytes: number[] = []
  for (const letter of text) {
    const code = letter.charCodeAt(0)
    const written = code < 0x80 ? [code] : table.get(letter)
    if (written === undefined) lost.add(letter)
    for (const byte of written ?? [0x3f]) bytes.push(byte)
  }
  return { bytes: Buffer.from(bytes), lost }
}

function tableOf(page: number): ReadonlyMap<string, number[]> | undefined {
  const known = TABLES.get(page)
  if (known !== undefined || codePageDecoder(page) === undefined) return known
  const table = new Map<string, number[]>()
  for (let lead = 0x80; lead < 0x100; lead++) {
    enter(table, page, [lead])
    if (WIDE.has(page)) for (let trail = 0x40; trail < 0xff; trail++) enter(table, page, [lead, trail])
  }
  TABLES.set(page, table)
  return table
}

/** Adds a character to the table. Where several byte sequences stand for it, the first is used. */
function enter(table: Map<string, number[]>, page: number, bytes: number[]): void {
  const decoder = codePageDecoder(page)
  const text = decoder === undefined ? '' : decoder.push(Uint8Array.from(bytes)) + decoder.end()
  const [letter = '', ...more] = text
  if (letter !== '' && more.length === 0 && letter !== '\ufffd' && !table.has(letter)) table.set(letter, bytes)
}
