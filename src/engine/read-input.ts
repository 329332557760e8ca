import { usage } from '../core/errors.ts'
import { keyPath } from '../remote/registry.ts'
import type { Argument, Kind, Option } from '../verbs/define.ts'

/**
 * Reads what an argument was given.
 * @returns what `run` gets
 * @throws CbcError usage: it is empty, none of the choices, or no key of a registry
 */
export function readArgument(name: string, argument: Argument<unknown>, given: string | string[] | undefined): unknown {
  const read = (text: string) => readChoice(argument.choices, name, readKind(argument.kind, name, text))
  if (Array.isArray(given)) return given.map(read)
  return given === undefined ? undefined : read(given)
}

function readKind(kind: Kind, name: string, text: string): string {
  if (text === '' && kind !== 'text' && kind !== 'setting' && kind !== 'command-line') throw usage(`<${name}> is empty`)
  if (text.includes('\0')) throw usage(`<${name}> contains a NUL character`)
  return kind === 'registry-key' ? keyPath(text) : text
}

function readChoice(choices: readonly string[] | undefined, name: string, text: string): string {
  if (choices === undefined) return text
  const choice = choices.find(one => one.toLowerCase() === text.toLowerCase())
  if (choice === undefined) throw usage(`<${name}>: "${text}" is not one of the choices`, `use ${choices.join(', ')}`)
  return choice
}

/**
 * Returns the value of an option: what was given, or else what its variable says, or that there is none.
 * @param found what its `parse` made of the text; undefined where it was not given
 * @throws CbcError usage: the variable's value is not valid
 */
export function optionOr(
  { variable, repeat }: Option<unknown>,
  found: unknown,
  env: Readonly<Record<string, string | undefined>>,
): unknown {
  return found ?? variable?.read(env[variable.name] ?? '') ?? (repeat ? [] : undefined)
}
