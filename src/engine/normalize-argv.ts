import { append } from '../core/lists.ts'
import type { Option } from '../verbs/define.ts'
import type { Spec } from './spec.ts'

type Options = Readonly<Record<string, Option<unknown>>>

/** The switches of options: all of them, and those that take a value. */
export function switches(options: Options): { all: Set<string>, valued: Set<string> } {
  const all = new Set<string>()
  const valued = new Set<string>()
  for (const { flags, parse } of Object.values(options)) {
    for (const part of flags.split(/, /)) {
      const name = part.split(' ')[0] ?? ''
      all.add(name)
      if (parse !== undefined) valued.add(name)
    }
  }
  return { all, valued }
}

/**
 * After how many operands every word belongs to a command line for the endpoint: a program's options begin after its name, and where a command
 * line is only arguments (`script file -x`), right before its first word.
 */
export function verbatimFrom({ arguments: arguments_ }: Pick<Spec, 'arguments'>): number {
  const all = Object.values(arguments_)
  const at = all.findIndex(({ kind }) => kind === 'command-line')
  return at < 0 ? Infinity : all[at]?.required ? at + 1 : at
}

/**
 * Brings a command's words into an order that commander reads as they were meant: reg.exe's switches become ours, and a command line
 * for the endpoint keeps its own options. Ours come before its first word, or at the very end; after `--` nothing is ours.
 */
export function arrange(spec: Spec, globals: Options, typed: readonly string[]): string[] {
  const known = { ...globals, ...spec.options }
  const { all, valued } = switches(known)
  const own = switches(spec.options)
  const takesValue = (word: string) => own.valued.has(word) || (valued.has(word) && !own.all.has(word))
  const translated = spec.slashes === undefined ? [...typed] : slashes(spec.slashes, typed, takesValue)
  const before = Object.values(spec.arguments).findIndex(argument => argument.kind === 'command-line')
  if (before < 0) return translated
  const start = verbatimFrom(spec)

  const ours: string[] = []
  const operands: string[] = []
  let verbatim = false
  for (let at = 0; at < translated.length; at++) {
    const word = translated[at] ?? ''
    if (verbatim || operands.length >= start) operands.push(word)
    else if (word === '--') verbatim = true
    else if (!word.startsWith('-') || word === '-') operands.push(word)
    else {
      ours.push(word)
      const next = translated[at + 1]
      if (takesValue(word) && next !== undefined) {
        ours.push(next)
        at += 1
      }
    }
  }
  // `exec DEVICE -- ls -la`: the mark may also stand between the operands.
  const mark = operands.indexOf('--')
  if (mark >= 0 && mark <= before) operands.splice(mark, 1)
  else if (!verbatim) takeTrailing(operands, start, ours, all, takesValue)
  return [...ours, '--', ...operands]
}

/** Takes known long options off the end of a command line: `exec DEVICE whoami --json`. */
function takeTrailing(operands: string[], start: number, ours: string[], all: Set<string>, takesValue: (word: string) => boolean): void {
  for (;;) {
    const last = operands.at(-1) ?? ''
    const previous = operands.at(-2) ?? ''
    const name = last.split('=')[0] ?? ''
    if (operands.length > start && last.startsWith('--') && all.has(name) && takesValue(name) === last.includes('=')) append(ours, operands.splice(-1))
    else if (operands.length > start + 1 && previous.startsWith('--') && all.has(previous) && takesValue(previous)) append(ours, operands.splice(-2))
    else return
  }
}

/** `/v NAME` is `--value NAME`; a value that looks like a switch stays a value. */
function slashes(table: Readonly<Record<string, string>>, typed: readonly string[], takesValue: (word: string) => boolean): string[] {
  const result: string[] = []
  for (let at = 0; at < typed.length; at++) {
    const word = typed[at] ?? ''
    const slash = word.toLowerCase()
    const translated = (Object.hasOwn(table, slash) ? table[slash] : undefined) ?? word
    result.push(translated)
    const next = typed[at + 1]
    if (takesValue(translated) && next !== undefined) {
      result.push(next)
      at += 1
    }
  }
  return result
}
