import type { Spec } from './spec.ts'
import { HELP, switchesOf, type Options, type Switch } from './switches.ts'

/** What words of a command line are. The only reading of them: whatever has to know what an option is goes by this. */
export type Word =
  /** `value` is missing where the line ends before it. */
  (
    | { kind: 'option'; option: Switch; flag: string; value?: string }
    /** It looks like an option, and is none. */
    | { kind: 'unknown'; text: string }
    /** `--`: nothing after it is an option. */
    | { kind: 'mark' }
    | { kind: 'operand'; text: string }
  ) & {
    /** The place of the word after it. */
    end: number
  }

type Readable = Pick<Spec, 'arguments' | 'options' | 'slashes' | 'bareSlashes' | 'clustered'>

/** A command of which nothing is known: only the options that every command takes are. */
export const NO_COMMAND: Readable = { arguments: {}, options: {} }

/**
 * Where a command line for the endpoint is among a command's operands: from `begins` on a mark belongs to it, from `verbatim` on every
 * word. A program's options begin after its name, and where a command line is only arguments (`script file -x`), right before its first
 * word.
 */
export function commandLineAt({ arguments: arguments_ }: Pick<Spec, 'arguments'>): { begins: number; verbatim: number } {
  const all = Object.values(arguments_)
  const at = all.findIndex(({ kind }) => kind === 'command-line')
  return at < 0 ? { begins: Infinity, verbatim: Infinity } : { begins: at, verbatim: all[at]?.required ? at + 1 : at }
}

/**
 * Reads a command's words: `--output json`, `--output=json`, `-ojson`, `-qo json`, reg.exe's switches, and a command line for the endpoint,
 * which keeps its own options.
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
      // What begins a command line is typed as it is meant.
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

/** The options of one word; of short ones there may be several. */
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

/** A word in our spelling where it is in reg.exe's. */
function slashed({ slashes = {}, bareSlashes = {} }: Readable, typed: readonly string[], at: number): string {
  const word = typed[at] ?? ''
  const [slash, next] = [word.toLowerCase(), typed[at + 1]?.toLowerCase()]
  const isSlash = (text: string) => Object.hasOwn(slashes, text)
  const isBare =
    Object.hasOwn(bareSlashes, slash) && (next === undefined || isSlash(next)) && typed.some(other => other.toLowerCase() === '/f')
  return (isBare ? bareSlashes[slash] : isSlash(slash) ? slashes[slash] : undefined) ?? word
}

/** Words in the form in which commander reads each as it was meant. */
export function inOrder(words: readonly Word[]): string[] {
  return words.flatMap(word =>
    word.kind === 'option' ? [word.flag, ...(word.value === undefined ? [] : [word.value])] : word.kind === 'mark' ? ['--'] : [word.text],
  )
}

/** The same of a command's words, in the order in which no operand can be taken for an option. */
export function normalized(words: readonly Word[]): string[] {
  const options = inOrder(words.filter(({ kind }) => kind === 'option' || kind === 'unknown'))
  // A mark would be taken for the value that is missing.
  if (words.some(word => word.kind === 'option' && word.option.valued && word.value === undefined)) return options
  return [...options, '--', ...inOrder(words.filter(({ kind }) => kind === 'operand'))]
}

/** The value of a global option among words, `true` for one without a value; the last one counts. */
export function globalIn(words: Iterable<Word>, key: string): string | true | undefined {
  let found: string | true | undefined
  for (const word of words)
    if (word.kind === 'option' && word.option.global && word.option.key === key) found = word.option.valued ? word.value : true
  return found
}

/**
 * No help on a command that there isn't: it is said so instead. A group without a command shows its help anyway.
 * @param named how many of the words are names of commands, and options before them
 */
export function withoutHelp(words: readonly Word[], named: number): Word[] {
  return words.slice(named).some(({ kind }) => kind === 'operand')
    ? words.filter(word => word.kind !== 'option' || word.option !== HELP)
    : [...words]
}
