import type { World } from '../core/world.ts'
import { ORGANIZATION_GROUPS, ORGANIZATION_VERBS, type AnyOrganizationVerb } from '../engine/administer.ts'
import { nest, type CommandNode, type Leaf } from '../engine/spec.ts'

/** The verbs on the organization as commands below `cbc lr`. The plural of a group's name is taken too. */
export function organizationNodes(world: World): CommandNode[] {
  const leaves = ORGANIZATION_VERBS.map(({ name, load }) => ({ name, aliases: [], load: async () => leaf(await load(), world) }))
  return nest(leaves, ORGANIZATION_GROUPS).map(node => (node.children === undefined ? node : { ...node, aliases: [`${node.name}s`] }))
}

function leaf(verb: AnyOrganizationVerb, world: World): Leaf {
  return {
    spec: { ...verb, example: line => `cbc lr ${line}` },
    run: async parsed => (await import('./run-organization.ts')).runOrganization(verb, world, parsed),
  }
}
