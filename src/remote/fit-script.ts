import type { LocalSource } from '../core/ports.ts'
import { decodeWhole } from '../core/text/decode.ts'
import { Malformed } from '../core/text/malformed.ts'

/** Bytes of a script that is looked into: nobody writes a longer one by hand. */
const LONGEST = 16 * 1024 * 1024

/** What reads scripts, by the name of its program, and the bytes that it needs. Text has no byte order mark, and its lines end with LF. */
const READERS: readonly (readonly [RegExp, (text: string, bytes: Buffer) => Buffer])[] = [
  // Windows PowerShell takes text without a byte order mark for its code page; PowerShell 7 takes either.
  [/^(?:powershell|pwsh)$/, (text, bytes) => (isAscii(text) || isMarked(bytes) ? bytes : bytes.includes(0) ? Buffer.from(`\ufeff${text}`) : Buffer.concat([Buffer.from('\ufeff'), bytes]))],
  // Labels of a batch file are missed where lines end with LF alone, and a byte order mark is a command to cmd.exe.
  [/^cmd$/, text => Buffer.from(text.replaceAll('\n', '\r\n'))],
  // To these a carriage return is a character like others, and so is a byte order mark.
  [/^(?:ba|da|k|mk|z|a)?sh$/, text => Buffer.from(text)],
  [/^python[\d.]*$/, (text, bytes) => (bytes.includes(0) ? Buffer.from(text) : bytes)],
]

/**
 * A script as what runs it can read it: its encoding, its byte order mark and its line ends. What is no text, or is read by something else, stays as it is.
 * @param runner the command that runs it: `powershell.exe -File`
 * @returns the script, and what the user should know of it
 */
export async function fitFor(source: LocalSource, runner: string): Promise<{ source: LocalSource, warning?: string }> {
  const programs = programsIn(runner)
  const fit = READERS.find(([name]) => programs.some(program => name.test(program)))?.[1]
  if (fit === undefined || source.size > LONGEST) return { source }
  const parts: Uint8Array[] = []
  for await (const part of source.bytes()) parts.push(part)
  const before = Buffer.concat(parts)
  const text = textOf(before)
  if (text === undefined) return { source }
  const after = fit(text, before)
  const fitting = after.equals(before) ? source : {
    ...source, size: after.length,
    async *bytes() {
      yield after
    },
  }
  if (!programs.includes('cmd') || isAscii(text)) return { source: fitting }
  return { source: fitting, warning: `${source.name}: has letters beyond ASCII, which cmd.exe reads in the code page of the endpoint` }
}

/** Text in the code page of some Windows stays as it is: which one, the bytes don't say. */
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
  return words.slice(0, /(?:^|\/)env$/.test(words[0] ?? '') ? 2 : 1).map(word => (word.split(/[\\/]/).pop() ?? '').toLowerCase().replace(/\.exe$/, ''))
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

function isMarked([a, b, c]: Uint8Array): boolean {
  return (a === 0xef && b === 0xbb && c === 0xbf) || (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
}
