import type { Spec } from './spec.ts'
import { HELP, switchesOf, type Options, type Switch } from './switches.ts'

/** A classified word of a command line. All code that has to recognize options uses this, so that words are read in one way only. */
export type Word =
  /** `value` is missing where the line ends before it. */
  (
    | { kind: 'option'; option: Switch; flag: string; value?: string }
    /** It looks like an option, but is not one. */
    | { kind: 'unknown'; text: string }
    /** `--`: nothing after it is an option. */
    | { kind: 'mark' }
    | { kind: 'operand'; text: string }
  ) & {
    /** The index of the next word. */
    end: number
  }

type Readable = Pick<Spec, 'arguments' | 'options' | 'slashes' | 'bareSlashes' | 'clustered'>

/** An unknown command, which only has the options that every command takes. */
export const NO_COMMAND: Readable = { arguments: {}, options: {} }

/**
 * Returns where a command line for the endpoint begins among a command's operands: from `begins` on a `--` belongs to it, from `verbatim`
 * on every word. A program's options begin after its name; where a command line has only arguments (`script file -x`), right before its
 * first word.
 */
export function commandLineAt({ arguments: arguments_ }: Pick<Spec, 'arguments'>): { begins: number; verbatim: number } {
  const all = Object.values(arguments_)
  const at = all.findIndex(({ kind }) => kind === 'command-line')
  return at < 0 ? { begins: Infinity, verbatim: Infinity } : { begins: at, verbatim: all[at]?.required ? at + 1 : at }
}

/**
 * Reads a command's words: `--output json`, `--output=json`, `-ojson`, `-qo json`, reg.exe's switches, and a command line for the endpoint,
 * whose options stay with it.
 * @param typed the words after the command's name; before a name is known, all of them
 */
export function* readWords(spec: Readable, globals: Options, typed: readonly string[]): Generator<Word, void> {
  const byFlag = new Map(switchesOf(spec.options, globals).flatMap(option => option.flags.map(flag => [flag, option] as const)))
  const { begins, verbatim } = commandLineAt(spec)
  let operands = 0
  let closed = false
  for (let at = 0; at < typed.length;) {
    const word = slashed(spec, typed, at)
    at += 1
    if (!closed && word === '--' && operands <= begins) {
      closed = true
      yield { kind: 'mark', end: at }
    } else if (closed || operands >= verbatim || !word.startsWith('-') || word === '-') {
      // The first word of a command line is passed on as it was typed.
      yield { kind: 'operand', text: typed[at - 1] ?? '', end: at }
      operands += 1
    } else {
      for (const read of optionsIn(word, byFlag, spec.clustered ?? {}, typed[at])) {
        if (read.kind === 'option' && read.next) at += 1
        yield { ...read, end: at }
      }
    }
  }
}

type Read =
  | { kind: 'option'; option: Switch; flag: string; value?: string; /** its value is the next word */ next: boolean }
  | { kind: 'unknown'; text: string }

/** Reads the options in one word; several short ones may be combined. */
function* optionsIn(
  word: string,
  byFlag: ReadonlyMap<string, Switch>,
  clustered: Readonly<Record<string, string>>,
  next: string | undefined,
): Generator<Read> {
  if (word.startsWith('--')) {
    const [, flag = word, inline] = /^(--[^=]+)=(.*)$/s.exec(word) ?? []
    const option = byFlag.get(flag)
    yield option === undefined || (inline !== undefined && !option.valued)
      ? { kind: 'unknown', text: word }
      : given(option, flag, inline, next)
    return
  }
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const flag = word.length > 2 && Object.hasOwn(clustered, letter) ? (clustered[letter] ?? '') : `-${letter}`
    const option = byFlag.get(flag)
    if (option === undefined) return yield { kind: 'unknown', text: `-${word.slice(at)}` }
    const rest = word.slice(at + 1)
    yield given(option, flag, option.valued && rest !== '' ? rest : undefined, next)
    if (option.valued) return
  }
}

function given(option: Switch, flag: string, inline: string | undefined, next: string | undefined): Read {
  if (!option.valued) return { kind: 'option', option, flag, next: false }
  const value = inline ?? next
  return { kind: 'option', option, flag, ...(value === undefined ? {} : { value }), next: inline === undefined && next !== undefined }
}

/** Translates a switch of reg.exe into the option that it stands for. */
function slashed({ slashes = {}, bareSlashes = {} }: Readable, typed: readonly string[], at: number): string {
  const word = typed[at] ?? ''
  const [slash, next] = [word.toLowerCase(), typed[at + 1]?.toLowerCase()]
  const isSlash = (text: string) => Object.hasOwn(slashes, text)
  const isBare =
    Object.hasOwn(bareSlashes, slash) && (next === undefined || isSlash(next)) && typed.some(other => other.toLowerCase() === '/f')
  return (isBare ? bareSlashes[slash] : isSlash(slash) ? slashes[slash] : undefined) ?? word
}

/** Writes words in a form that commander reads as they were meant. */
export function commanderWords(words: readonly Word[]): string[] {
  return words.flatMap(word =>
    word.kind === 'option' ? [word.flag, ...(word.value === undefined ? [] : [word.value])] : word.kind === 'mark' ? ['--'] : [word.text],
  )
}

/** The same for a command's words, in an order in which no operand can be mistaken for an option. */
export function optionsFirst(words: readonly Word[]): string[] {
  const options = commanderWords(words.filter(({ kind }) => kind === 'option' || kind === 'unknown'))
  // `--` would become the missing value.
  if (words.some(word => word.kind === 'option' && word.option.valued && word.value === undefined)) return options
  return [...options, '--', ...commanderWords(words.filter(({ kind }) => kind === 'operand'))]
}

/** Returns the value of a global option among words, `true` for one without a value; the last one counts. */
export function globalIn(words: Iterable<Word>, key: string): string | true | undefined {
  let found: string | true | undefined
  for (const word of words)
    if (word.kind === 'option' && word.option.global && word.option.key === key) found = word.option.valued ? word.value : true
  return found
}

/**
 * Removes --help where the command is unknown, so that the error is shown instead. A group without a command shows its help anyway.
 * @param named how many of the words are names of commands, and options before them
 */
export function withoutHelp(words: readonly Word[], named: number): Word[] {
  return words.slice(named).some(({ kind }) => kind === 'operand')
    ? words.filter(word => word.kind !== 'option' || word.option !== HELP)
    : [...words]
}
