import type { Clock } from '../../core/ports.ts'
import { linked } from '../../core/abort.ts'
import { interrupted, usage } from '../../core/errors.ts'
import type { Result, Row } from '../../core/result.ts'
import { codePageNamed } from '../../core/text/code-pages.ts'
import { decodeOutput, encodeOutput, type EncodedOutput, type OutputReading } from '../../core/text/program-output.ts'
import { codePageOf } from '../../remote/code-page.ts'
import type { Ended } from '../../remote/exec.ts'
import { crashOf, hex } from '../../remote/result-codes.ts'
import { value, type Context } from '../define.ts'

/** The JSON fields of a program that was run. */
export const PROGRAM_FIELDS = ['process_pid', 'pid', 'return_code', 'output', 'output_encoding', 'source_encoding', 'duration_ms'] as const

/** A code page by its number, or one of the endpoint's own. */
export type Encoding = number | 'oem' | 'ansi'

export const ENCODING = value(
  '--encoding <name>',
  "encoding of the output: utf8, utf16le, cp850, windows-1252, …, oem or ansi; default: detected, else the endpoint's oem code page",
  { parse: parseEncoding },
)

/** @throws CbcError usage */
function parseEncoding(text: string): Encoding {
  if (text === 'oem' || text === 'ansi') return text
  const page = codePageNamed(text)
  if (page === undefined)
    throw usage(`--encoding: "${text}" is not a known encoding`, 'use utf8, utf16le, cp437, cp850, windows-1252, shift_jis, …, oem or ansi')
  return page
}

/** Returns how to decode the output of a program. */
export function readingOf(encoding: Encoding | undefined, { session, signal }: Pick<Context, 'session' | 'signal'>): OutputReading {
  return {
    ask: () => codePageOf(session, 'oem', { signal }),
    ...(encoding === undefined
      ? {}
      : { page: async () => (typeof encoding === 'number' ? encoding : await codePageOf(session, encoding, { signal })) }),
  }
}

/**
 * Returns the result of `exec` and `script`: bytes as they are, text for a person, or a field of JSON.
 * @param from monotonic start time of the work, milliseconds
 */
export function programResult({ process_pid, return_code, output }: Ended, reading: OutputReading, clock: Clock, from: number): Result {
  return {
    kind: 'bytes',
    bytes: output,
    decode: bytes => decodeOutput(bytes, reading),
    object: async bytes => programRow({ process_pid, return_code }, await encodeOutput(bytes, reading), clock.monotonic() - from),
    exitCode: exitCode(return_code ?? 0),
  }
}

/**
 * Returns the same while the program still runs: the bytes arrive as it prints them.
 * @param run runs the program and passes on its output as it appears
 */
export function growingResult(
  run: (onOutput: (chunk: Uint8Array) => void, signal: AbortSignal) => Promise<Ended>,
  signal: AbortSignal,
  reading: OutputReading,
): Result {
  let code: number | null = null
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const stop = linked(signal)
    const printed: Uint8Array[] = []
    let wake = () => {}
    let over = false
    const running = run(chunk => {
      printed.push(Buffer.from(chunk))
      wake()
    }, stop.signal).finally(() => {
      over = true
      wake()
    })
    running.catch(() => {})
    try {
      while (!over || printed.length > 0) {
        const chunk = printed.shift()
        if (chunk === undefined)
          await new Promise<void>(resolve => {
            wake = resolve
          })
        else yield chunk
      }
      const { return_code, output } = await running
      code = return_code
      yield* output
    } finally {
      // If the reader stops early, the program is ended too.
      if (!over) stop.abort(interrupted())
      stop.clear()
      await running.catch(() => {})
    }
  }
  return {
    kind: 'bytes',
    bytes: bytes(),
    decode: all => decodeOutput(all, reading),
    get exitCode() {
      return exitCode(code ?? 0)
    },
  }
}

/** Shows a notice if a program crashed. Windows puts the reason into the exit code. */
export function noticeCrash({ return_code: code }: Pick<Ended, 'return_code'>, program: string, notice: (line: string) => void): void {
  const why = code === null ? undefined : crashOf(code)
  if (why !== undefined && code !== null) notice(`${program}: ended with ${hex(code)}: ${why}`)
}

/** Returns the documented fields of a program that was run. */
export function programRow(
  ended: Pick<Ended, 'process_pid' | 'return_code'>,
  { text, encoding, source }: EncodedOutput,
  duration_ms: number,
): Row {
  return { ...ended, output: text, output_encoding: encoding, source_encoding: source, duration_ms }
}

/** Returns an exit code that a shell, which sees only the lowest eight bits, does not mistake for success. */
function exitCode(code: number): number {
  return code !== 0 && (code & 0xff) === 0 ? 1 : code
}
