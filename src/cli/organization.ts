import type { World } from '../core/world.ts'
import type { AnyOrganizationVerb, VerbFamily } from '../engine/families.ts'
import { nest, type CommandNode, type Leaf } from '../engine/spec.ts'

/** A family's verbs as commands below its own. The plural of a group's name is taken too. */
export function organizationNodes({ path, verbs, groups }: VerbFamily, world: World): CommandNode[] {
  const leaves = verbs.map(({ name, load }) => ({ name, aliases: [], load: async () => leaf(await load(), path, world) }))
  return nest(leaves, groups).map(node => (node.children === undefined ? node : { ...node, aliases: [`${node.name}s`] }))
}

function leaf(verb: AnyOrganizationVerb, path: string, world: World): Leaf {
  return {
    spec: { ...verb, example: line => `cbc ${path} ${line}` },
    run: async parsed => (await import('./run-organization.ts')).runOrganization(verb, world, parsed),
  }
}
