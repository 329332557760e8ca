import type { Kind, Option } from '../verbs/define.ts'
import { verbatimFrom } from './normalize-argv.ts'
import type { Spec } from './spec.ts'

/** An option as it can be typed here. */
export interface Switch {
  /** `-o`, `--output`; without those that another option has taken. */
  flags: readonly string[]
  summary: string
  valued: boolean
  repeat: boolean
  kind: Kind
  choices?: readonly string[] | undefined
}

/** What the word that is being typed can be: options, or a value. */
export interface Expected {
  /** Options that can stand here; none after `--`, and none that was given and can't be given again. */
  options: readonly Switch[]
  /** The argument, or the option's value, that this word is. */
  value?: { kind: Kind, choices?: readonly string[] | undefined }
  /** What stands in front of the value in the same word, `--output=`, and the part of the value that is typed. */
  prefix: string
  typed: string
  /** The words that are no options and no values of options. */
  operands: readonly string[]
}

const NOTHING = { options: [], prefix: '' }
const HELP: Switch = { flags: ['-h', '--help'], summary: 'show help', valued: false, repeat: false, kind: 'text' }

/** The options of a command, its own first: they take their flags from the ones that all commands have. */
export function switchesOf(own: Spec['options'], globals: Spec['options']): Switch[] {
  const taken = new Set<string>()
  const found: Switch[] = []
  for (const { flags: text, summary, parse, repeat, kind, choices } of [...Object.values(own), ...Object.values(globals)]) {
    const flags = text.split(', ').map(flag => flag.split(' ')[0] ?? '').filter(flag => !taken.has(flag))
    for (const flag of flags) taken.add(flag)
    if (flags.length > 0) found.push({ flags, summary, valued: parse !== undefined, repeat: repeat === true, kind, choices })
  }
  return [...found, HELP]
}

/**
 * What a word can be, from the definition of its command.
 * @param globals options that every command takes
 * @param before  the words after the command's name, up to the one that is being typed
 */
export function expectedAt(spec: Pick<Spec, 'arguments' | 'options' | 'slashes'>, globals: Readonly<Record<string, Option<unknown>>>, before: readonly string[], typed: string): Expected {
  const switches = switchesOf(spec.options, globals)
  const find = (word: string) => switches.find(({ flags }) => flags.includes(slashed(spec, word)))
  const given = new Set<Switch>()
  const operands: string[] = []
  const verbatim = verbatimFrom(spec)
  let pending: Switch | undefined
  let closed = false
  for (const word of before) {
    if (pending !== undefined) {
      pending = undefined
      continue
    }
    const option = closed || operands.length >= verbatim ? undefined : find(word.startsWith('--') ? word.split('=')[0] ?? '' : word)
    if (option !== undefined) {
      given.add(option)
      if (option.valued && !word.includes('=')) pending = option
    } else if (word === '--' && !closed) closed = true
    else if (closed || operands.length >= verbatim || !word.startsWith('-') || word === '-') operands.push(word)
  }
  if (pending !== undefined) return { ...NOTHING, value: pending, typed, operands }
  if (operands.length >= verbatim) return { ...NOTHING, typed, operands }
  if (typed.startsWith('-') && !closed) {
    const [, flag = '', inline] = /^(--[^=]+)=(.*)$/s.exec(typed) ?? []
    const option = find(flag)
    if (inline !== undefined) return { ...NOTHING, ...(option?.valued ? { value: option } : {}), prefix: `${flag}=`, typed: inline, operands }
    return { options: switches.filter(one => one.repeat || !given.has(one)), prefix: '', typed, operands }
  }
  const positional = Object.values(spec.arguments)
  const last = positional.at(-1)
  const value = positional[operands.length] ?? (last?.many ? last : undefined)
  return { ...NOTHING, ...(value === undefined ? {} : { value }), typed, operands }
}

/** A word in our spelling where it is in reg.exe's. */
function slashed({ slashes = {} }: Pick<Spec, 'slashes'>, word: string): string {
  return (Object.hasOwn(slashes, word.toLowerCase()) ? slashes[word.toLowerCase()] : undefined) ?? word
}
