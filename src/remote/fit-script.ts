import type { LocalSource } from '../core/ports.ts'
import { encodingName } from '../core/text/code-pages.ts'
import { decodeWhole } from '../core/text/decode.ts'
import { encodeText } from '../core/text/encode-text.ts'
import { Malformed } from '../core/text/malformed.ts'

/** The largest script that is converted, in bytes: nobody writes a longer one by hand. */
const MAX_SCRIPT_BYTES = 16 * 1024 * 1024

/** How many characters a warning names that the script's reader can't represent. */
const MAX_NAMED_CHARS = 10
const UTF_8_CODE_PAGE = 65001

/** A converted script, with a warning for the user if something was lost. */
interface Fit {
  bytes: Buffer
  warning?: string
}
/**
 * Converts a script for its reader.
 * @param text without a byte order mark, lines ending with LF
 * @param oem asks the endpoint for the code page of its console
 */
type Conversion = (text: string, bytes: Buffer, oem: () => Promise<number | undefined>) => Buffer | Promise<Fit>

/** The conversions for the programs that read scripts, by name. */
const CONVERSIONS: readonly (readonly [RegExp, Conversion])[] = [
  // Windows PowerShell reads text without a byte order mark in its code page; PowerShell 7 accepts either.
  [
    /^(?:powershell|pwsh)$/,
    (text, bytes) =>
      isAscii(text) || hasByteOrderMark(bytes)
        ? bytes
        : bytes.includes(0)
          ? Buffer.from(`\ufeff${text}`)
          : Buffer.concat([Buffer.from('\ufeff'), bytes]),
  ],
  [/^cmd$/, fitForCmd],
  // To these shells a carriage return and a byte order mark are ordinary characters.
  [/^(?:ba|da|k|mk|z|a)?sh$/, text => Buffer.from(text)],
  [/^python[\d.]*$/, (text, bytes) => (bytes.includes(0) ? Buffer.from(text) : bytes)],
]

/**
 * Converts a script so that the program that runs it can read it: its encoding, its byte order mark and its line ends. A script that isn't
 * text, or is read by another program, stays as it is.
 * @param runner the command that runs it: `powershell.exe -File`
 * @param oem asks the endpoint for the code page of its console
 * @returns the script, and a warning for the user if something was lost
 */
export async function fitFor(
  source: LocalSource,
  runner: string,
  oem: () => Promise<number | undefined>,
): Promise<{ source: LocalSource; warning?: string }> {
  const programs = programsIn(runner)
  const fit = CONVERSIONS.find(([name]) => programs.some(program => name.test(program)))?.[1]
  if (fit === undefined || source.size > MAX_SCRIPT_BYTES) return { source }
  const parts: Uint8Array[] = []
  for await (const part of source.bytes()) parts.push(part)
  const before = Buffer.concat(parts)
  const text = textOf(before)
  if (text === undefined) return { source }
  const made = await fit(text, before, oem)
  const { bytes: after, warning } = Buffer.isBuffer(made) ? { bytes: made } : made
  const fitting = after.equals(before)
    ? source
    : {
        ...source,
        size: after.length,
        async *bytes() {
          yield after
        },
      }
  return { source: fitting, ...(warning === undefined ? {} : { warning: `${source.name}: ${warning}` }) }
}

/**
 * Converts a batch file. cmd.exe misses labels when lines end with LF alone, takes a byte order mark for a command, and reads letters
 * beyond ASCII in the code page of the console: the endpoint's own, or the one that the file itself sets before them (`chcp 65001`).
 */
async function fitForCmd(text: string, _bytes: Buffer, oem: () => Promise<number | undefined>): Promise<Fit> {
  const lines = text.replaceAll('\n', '\r\n')
  if (isAscii(text)) return { bytes: Buffer.from(lines) }
  const set = /^[\s@]*chcp(?:\.com)?\s+(\d+)/im.exec(text.slice(0, text.search(/[^\0-\x7f]/)))?.[1]
  const page = set === undefined ? await oem() : Number(set)
  const encoded = page === undefined ? undefined : encodeText(lines, page)
  if (page === undefined || encoded === undefined)
    return {
      bytes: Buffer.from(lines),
      warning:
        "has letters beyond ASCII, which cmd.exe reads in the code page of the endpoint's console; that code page could not be determined, so they are sent as UTF-8",
    }
  if (encoded.lost.size === 0) return { bytes: encoded.bytes }
  const lost = [...encoded.lost]
  return {
    bytes: encoded.bytes,
    warning: `has letters that are not in the code page of the endpoint's console, ${encodingName(page)}: ? stands for ${lost.slice(0, MAX_NAMED_CHARS).join(' ')}${lost.length > MAX_NAMED_CHARS ? ' …' : ''}; a line "chcp ${UTF_8_CODE_PAGE}" before them makes cmd.exe read UTF-8`,
  }
}

/** Decodes a script; undefined for text in some Windows code page, because the bytes don't say in which. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decodeWhole(bytes)
  } catch (error) {
    if (error instanceof Malformed) return undefined
    throw error
  }
}

/** `/usr/bin/env bash -x` names env and bash. */
function programsIn(runner: string): string[] {
  const words = (runner.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replaceAll('"', ''))
  return words
    .slice(0, /(?:^|\/)env$/.test(words[0] ?? '') ? 2 : 1)
    .map(word => (word.split(/[\\/]/).pop() ?? '').toLowerCase().replace(/\.exe$/, ''))
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

function hasByteOrderMark([a, b, c]: Uint8Array): boolean {
  return (a === 0xef && b === 0xbb && c === 0xbf) || (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
}
