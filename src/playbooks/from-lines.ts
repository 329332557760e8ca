import { tokenize } from '../engine/tokenize.ts'
import { checkOperators, Faults, type Playbook, type Step } from './playbook.ts'
import { positionAt, type Source } from './source.ts'
import { plainTemplate } from './template.ts'

/** A command of a line, and where it stands in the file. */
interface Command {
  text: string
  offset: number
  chained: boolean
}

/**
 * Reads a file of lines of the shell: a command a line, several with `;` or `&&`, comments with `#`. After `set -e` the first failure ends the work,
 * as in the shell; otherwise the lines after it have their turn.
 * @throws CbcError usage, with file, line and column
 */
export function fromLines(source: Source): Playbook {
  const faults = new Faults(source)
  const steps: Step[] = []
  let onError: Step['onError'] = 'go on'
  let [from, any] = [0, false]
  for (const line of source.text.split('\n')) {
    const place = (offset: number) => (at: number) => positionAt(source, offset + at)
    for (const { text, offset, chained } of faults.attempt(place(from), () => commandsIn(line, from)) ?? []) {
      any = true
      const [, mode] = /^set\s+([-+])(?:e|o\s+errexit)\s*(?:#.*)?$/.exec(text) ?? []
      if (mode !== undefined) onError = mode === '+' ? 'go on' : 'stop'
      const template = mode === undefined ? faults.attempt(place(offset), () => checkOperators(text, plainTemplate(text))) : undefined
      if (template !== undefined) steps.push({ number: steps.length + 1, template, position: place(offset), onError, chained })
    }
    from += line.length + 1
  }
  if (!any) faults.add({ line: 1, column: 1 }, 'there is no command in this file')
  return { source, name: source.name, inputs: {}, steps, faults }
}

/** Splits a line at `;` and `&&`. @param offset where the line begins in the file @throws CbcError usage: a quote is not closed */
function commandsIn(line: string, offset: number): Command[] {
  const start = line.search(/\S/)
  if (line.charAt(start) === '!') return [{ text: line.slice(start), offset: offset + start, chained: false }]
  const commands: Command[] = []
  let begin: number | undefined
  let chained = false
  for (const token of [...tokenize(line), { kind: 'operator', text: ';', at: line.length } as const]) {
    const ends = token.kind === 'operator' && (token.text === ';' || token.text === '&&')
    if (!ends) begin ??= token.at
    else {
      if (begin !== undefined) commands.push({ text: line.slice(begin, token.at).trim(), offset: offset + begin, chained })
      begin = undefined
      chained = token.text === '&&'
    }
  }
  return commands
}
