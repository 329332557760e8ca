import { append } from '../core/lists.ts'
import { VERBS } from '../verbs/index.ts'
import type { AnyVerb } from '../verbs/define.ts'
import type { CommandNode, Spec } from '../engine/spec.ts'

/** A command of the program with its full name, such as `lr reg query`. */
export interface Command {
  path: string[]
  aliases: readonly string[]
  spec: Spec
  /** Set if the command is a verb that runs on an endpoint. */
  verb: AnyVerb | undefined
}

/** Loads all commands below a node, for what describes them. @param above the names of the nodes above */
export async function allCommands(node: CommandNode, above: readonly string[] = []): Promise<Command[]> {
  const found: Command[] = []
  for (const child of node.children ?? []) {
    const path = [...above, child.name]
    append(found, await allCommands(child, path))
    if (child.load === undefined) continue
    const verb = path[0] === 'lr' ? await VERBS.find(({ name }) => name === path.slice(1).join(' '))?.load() : undefined
    found.push({ path, aliases: child.aliases ?? [], spec: (await child.load()).spec, verb })
  }
  return found
}

/** The arguments of a verb that are typed in the shell, where the device is known. */
export function shellArguments({ spec, verb }: Command): Spec['arguments'] {
  return Object.fromEntries(Object.entries(spec.arguments).filter(([key]) => verb !== undefined && key in verb.arguments))
}

/** The summary of an option, and the values that it takes where the summary doesn't name them. */
export function optionSummary({ summary, choices }: Spec['options'][string]): string {
  return choices === undefined || choices.every(choice => summary.includes(choice)) ? summary : `${summary}: ${choices.join(', ')}`
}

const EFFECTS: Record<AnyVerb['effect'], string> = {
  read: 'Changes nothing on the endpoint.',
  change: 'Changes the endpoint: `--read-only` refuses it.',
  destroy:
    'Deletes or ends something: `--read-only` refuses it. It asks first unless it is pointed at one exact thing; without a terminal that takes `--yes`.',
}

/** Of a verb that reads unless its options say otherwise. */
const CHANGES_IF_ASKED = 'Changes nothing on the endpoint, unless an option asks for that: `--read-only` refuses such an option.'

/** What a verb does to the endpoint, the consequences, and what the endpoint must have. */
export function effectOf({ effect, effectOf: ofInput, needs }: AnyVerb): string {
  const commands = needs.map(need => `\`${need}\``).join(', ')
  const what = effect === 'read' && ofInput !== undefined ? CHANGES_IF_ASKED : EFFECTS[effect]
  return `${what}${needs.length === 0 ? '' : ` The endpoint must have the command${needs.length === 1 ? '' : 's'} ${commands}.`}`
}
