import type { Kind } from '../verbs/define.ts'
import { commandLineAt, readWords } from './normalize-argv.ts'
import type { Spec } from './spec.ts'
import { switchesOf, type Options, type Switch } from './switches.ts'

/** What the word that is being typed can be: an option, or a value. */
export interface Expected {
  /** Options that can be given here: none after `--`, and none that was given and can't be repeated. */
  options: readonly Switch[]
  /** The argument or option value that this word is. */
  value?: { kind: Kind; choices?: readonly string[] | undefined }
  /** The argument that it is if it is the last word, where an argument that takes several words is followed by another. */
  orLast?: { kind: Kind; choices?: readonly string[] | undefined }
  /** The text before the value in the same word, `--output=`, and the part of the value that is typed. */
  prefix: string
  typed: string
  /** The words that are neither options nor values of options. */
  operands: readonly string[]
}

/** Completes `--columns`: the text before the name that is being typed, and the names that are not in it yet. */
export function columnsAt(fields: readonly string[], typed: string): { head: string; names: string[] } {
  const from = typed.lastIndexOf(',') + 1
  const [head, part] = [typed.slice(0, from), typed.slice(from).toLowerCase()]
  const given = head.split(',')
  return { head, names: fields.filter(name => name.toLowerCase().startsWith(part) && !given.includes(name)).sort() }
}

const NOTHING = { options: [], prefix: '' }

/**
 * Says what a word can be, from the definition of its command.
 * @param globals options that every command takes
 * @param before the words after the command's name, up to the one that is being typed
 */
export function expectedAt(
  spec: Pick<Spec, 'arguments' | 'options' | 'slashes'>,
  globals: Options,
  before: readonly string[],
  typed: string,
): Expected {
  const switches = switchesOf(spec.options, globals)
  const given = new Set<string>()
  const operands: string[] = []
  let closed = false
  let pending: Switch | undefined
  for (const word of readWords(spec, globals, before)) {
    if (word.kind === 'operand') operands.push(word.text)
    else if (word.kind === 'mark') closed = true
    else if (word.kind === 'option') {
      given.add(word.option.key)
      pending = word.option.valued && word.value === undefined ? word.option : undefined
    }
  }
  if (pending !== undefined) return { ...NOTHING, value: pending, typed, operands }
  if (operands.length >= commandLineAt(spec).verbatim) return { ...NOTHING, typed, operands }
  if (typed.startsWith('-') && !closed) {
    const [, flag = '', inline] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? []
    const option = switches.find(({ flags }) => flags.includes(flag))
    if (inline !== undefined)
      return { ...NOTHING, ...(option?.valued ? { value: option } : {}), prefix: `${flag}=`, typed: inline, operands }
    return { options: switches.filter(one => one.repeat || !given.has(one.key)), prefix: '', typed, operands }
  }
  const positional = Object.values(spec.arguments)
  const several = positional.findIndex(({ many }) => many)
  const isFurther = several >= 0 && operands.length > several
  const value = positional[isFurther ? several : operands.length]
  const orLast = isFurther ? positional[several + 1] : undefined
  return { ...NOTHING, ...(value === undefined ? {} : { value }), ...(orLast === undefined ? {} : { orLast }), typed, operands }
}
