import type { Host } from '../core/host.ts'
import type { AnyProgramVerb } from '../engine/define-program-verb.ts'
import type { CommandNode, Leaf } from '../engine/spec.ts'

/** A verb of the program, loaded when it is typed. */
export interface NamedVerb {
  readonly name: string
  load(): Promise<AnyProgramVerb>
}

/** Returns verbs of the program as commands. The code that runs them is not loaded for their help. */
export function programNodes(verbs: readonly NamedVerb[], host: Host): CommandNode[] {
  return verbs.map(({ name, load }) => ({ name, load: async () => programLeaf(await load(), host) }))
}

/** Returns a verb of the program as a command. */
export function programLeaf(verb: AnyProgramVerb, host: Host): Leaf {
  return { spec: verb, run: async parsed => (await import('./run-program-verb.ts')).runProgramVerb(verb, host, parsed) }
}
