import { bytesBody, collect, readBody } from '../../fs/body.ts'
import { Spool } from '../../processes/spool.ts'
import type { Run } from '../../processes/run.ts'
import { isWin32 } from '../../win32.ts'
import { notFound } from './errors.ts'
import { decode, encodeLines, linesOf } from './text-files.ts'
import { text, type Value } from './values.ts'

/** How a program's output is handled. */
export interface Wanted {
  /** Whether it writes directly to PowerShell's own output. */
  direct: boolean
  /** Its standard error: as usual, discarded, or merged into the output. */
  errors: 'shown' | 'dropped' | 'merged'
}

/**
 * Runs a program of the endpoint.
 * @param input its standard input, one item per line; undefined: PowerShell's own
 * @returns its exit code, and its output line by line unless it is direct
 * @throws PsError when there is no such program
 */
export async function runProgram(
  run: Run,
  words: readonly string[],
  input: readonly Value[] | undefined,
  { direct, errors }: Wanted,
): Promise<{ code: number; lines: string[] }> {
  const { blobs } = run.machine
  const { console } = run.streams.out
  const [out, err] = [new Spool(blobs, console), new Spool(blobs, console)]
  const stdin = input === undefined ? run.streams.stdin : bytesBody(encodeLines(input.map(one => `${text(one)}\n`).join(''), 'ascii'))
  const streams = direct ? { ...run.streams, stdin } : { stdin, out, err: errors === 'merged' ? out : err }
  try {
    const code = await run.spawn(words.map(quoted).join(' '), streams, true)
    const read = async (spool: Spool) => decode(await collect(readBody(blobs, await spool.end())), console.page)
    if (!direct && errors === 'shown') run.complain(await read(err))
    return { code, lines: direct ? [] : linesOf(await read(out)) }
  } catch (error) {
    throw isWin32(error, 'FILE_NOT_FOUND', 'PATH_NOT_FOUND') ? notFound(words[0] ?? '') : error
  }
}

function quoted(word: string): string {
  return word === '' || (/\s/.test(word) && !word.startsWith('"')) ? `"${word}"` : word
}
