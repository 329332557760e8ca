import type { CaseFolder } from '../../core/case-folder.ts'
import { bodyEscape, bodyLine } from '../../core/text/body-line.ts'
import { deviceName } from './device-name.ts'
import type { ExportOptions } from './options.ts'
import { observationsIn, type Seen } from './observations.ts'

/**
 * Yields a case as a body file of the Sleuth Kit: a line for each file in a listing, and for each that came home. Its name is
 * `device:path`, as scp writes it. What is wrong with the case is in comments, which mactime skips.
 */
export async function* bodyFile(folder: CaseFolder, options: ExportOptions): AsyncGenerator<string> {
  for (const problem of options.problems) yield `# the case is not as it was recorded: ${problem.replace(/\p{Cc}/gu, bodyEscape)}\n`
  for await (const { line, seen } of observationsIn(folder, options))
    if (seen?.kind === 'file') yield `${fileLine(deviceName(line), seen)}\n`
}

function fileLine(device: string | undefined, { path, size, attributes, times }: Extract<Seen, { kind: 'file' }>): string {
  const isLink = attributes.includes('SYMLINK') || (path.startsWith('/') && attributes.includes('REPARSE_POINT'))
  return bodyLine({
    name: escaped(device === undefined ? path : `${device}:${path}`),
    type: isLink ? 'l' : attributes.includes('DIRECTORY') ? 'd' : 'r',
    readOnly: attributes.includes('READONLY'),
    size,
    times,
  })
}

/**
 * A backslash is doubled. `|` is written as `\x7c` rather than `\|`: mactime knows no escapes, and would take it for the end of the field.
 * It does decode `%41`, though, so that a `%` before two hexadecimal digits is escaped, too.
 */
function escaped(name: string): string {
  return name.replace(/[|\\\p{Cc}]|%(?=[0-9a-f]{2})/giu, character => (character === '\\' ? '\\\\' : bodyEscape(character)))
}
