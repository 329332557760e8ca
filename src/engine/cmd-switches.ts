import { usage } from '../core/errors.ts'
import { cmdSwitches, type RemotePaths } from '../remote/paths.ts'
import type { AnyVerb } from '../verbs/define.ts'

/**
 * Turns what users of cmd.exe type among the paths of a verb, `/s` and `/a`, into the verb's own options.
 * @throws CbcError usage: the verb has no such option
 */
export function withoutCmdSwitches(
  { name, arguments: arguments_, cmdSwitches: known = {}, check }: AnyVerb,
  input: Record<string, unknown>,
  { windows }: RemotePaths,
): Record<string, unknown> {
  const [key] = Object.entries(arguments_).find(([, { kind, many }]) => kind === 'remote-path' && many) ?? []
  const words = key === undefined ? undefined : (input[key] as string[])
  if (!windows || key === undefined || words === undefined) return input
  const paths = words.filter(word => cmdSwitches(word) === undefined)
  if (paths.length === words.length) return input
  const given = { ...input, [key]: paths }
  for (const one of words.flatMap(word => cmdSwitches(word) ?? [])) Object.assign(given, meaningOfSwitch(name, one, known))
  if (paths.length === 0 && arguments_[key]?.required) throw usage(`${name}: no path was given`, `see \`${name} --help\``)
  check?.(given)
  return given
}

function meaningOfSwitch(name: string, typed: string, known: NonNullable<AnyVerb['cmdSwitches']>): Record<string, unknown> {
  const found = Object.hasOwn(known, typed) ? known[typed] : undefined
  if (typeof found === 'object') return found
  throw usage(
    `${name}: has no ${typed}, which is a switch of cmd.exe`,
    found ?? `see \`${name} --help\`; a path of that name is written \\${typed.slice(1)}`,
  )
}
