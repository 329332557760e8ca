import { codePageDecoder } from '../../../../core/text/code-pages.ts'
import { collect, readBody } from '../../fs/body.ts'
import { win32 } from '../../win32.ts'
import type { Streams } from '../../processes/run.ts'
import { Exit, Goto, type Shell } from './shell.ts'

const MAX_BYTES = 1024 * 1024

/**
 * Runs a batch file in a shell, line by line; a group in parentheses may span several lines.
 * @param args the arguments, with the file's own name first
 * @returns its ERRORLEVEL @throws Exit for an `exit` without `/b`
 */
export async function runBatch(shell: Shell, path: string, args: string[], streams: Streams, from?: string): Promise<number> {
  const lines = await linesOf(shell, path)
  const { args: outer } = shell
  shell.args = args
  try {
    for (let at = from === undefined ? 0 : labelAt(lines, from); at < lines.length; at++) {
      const { text, next } = statement(lines, at)
      at = next
      if (text.trim() === '' || text.trimStart().startsWith(':')) continue
      if (shell.echo && !text.trimStart().startsWith('@'))
        shell.writer(streams).print(`\n${shell.run.directory}>${inCodePage(text, streams)}\n`)
      try {
        await shell.line(inCodePage(text, streams), streams)
      } catch (error) {
        if (!(error instanceof Goto)) throw error
        if (error.label === 'eof') break
        at = labelAt(lines, error.label)
      }
    }
  } catch (error) {
    if (!(error instanceof Exit) || !error.batchOnly) throw error
    shell.errorlevel = error.code
  } finally {
    shell.args = outer
  }
  return shell.errorlevel
}

/** Splits a body into lines of bytes, one character per byte. */
async function linesOf(shell: Shell, path: string): Promise<string[]> {
  const { machine, directory } = shell.run
  const body = await machine.look(({ files }) => files.read(path, directory))
  const bytes = await collect(readBody(machine.blobs, body, 0, MAX_BYTES))
  return bytes.toString('latin1').split(/\r?\n/)
}

/**
 * Decodes a line when it is about to run, in the code page that the console has at that time. A byte order mark is read like any other
 * bytes.
 */
function inCodePage(bytes: string, { out: { console } }: Streams): string {
  return codePageDecoder(console.page)?.push(Buffer.from(bytes, 'latin1')) ?? bytes
}

/** Returns a line, together with the following lines when it has open parentheses or ends with `^`. */
function statement(lines: string[], at: number): { text: string; next: number } {
  let text = lines[at] ?? ''
  let next = at
  while (next + 1 < lines.length && (text.endsWith('^') || open(text) > 0)) {
    next += 1
    const more = lines[next] ?? ''
    text = text.endsWith('^') ? text.slice(0, -1) + more : `${text}\n${more}`
  }
  return { text, next }
}

function open(text: string): number {
  if (/^\s*@?(rem|echo)\b/i.test(text)) return 0
  const bare = text.replace(/"[^"]*"?/g, '').replace(/\^./g, '')
  return [...bare].reduce((depth, char) => depth + (char === '(' ? 1 : char === ')' ? -1 : 0), 0)
}

function labelAt(lines: string[], label: string): number {
  const wanted = label.toLowerCase()
  const at = lines.findIndex(line => /^\s*:\s*([^\s:+&|<>]+)/.exec(line)?.[1]?.toLowerCase() === wanted)
  if (at < 0) throw win32('FILE_NOT_FOUND')
  return at
}
