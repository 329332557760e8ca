import type { Host } from '../core/host.ts'
import type { AnyOrganizationVerb, VerbFamily } from '../verbs/define-organization.ts'
import { comparable } from '../engine/compare-options.ts'
import { nest, type CommandNode, type Leaf } from '../engine/spec.ts'

/** Returns a family's verbs as commands. The plural of a group's name is accepted as an alias. */
export function organizationNodes({ path, verbs, groups }: VerbFamily, host: Host): CommandNode[] {
  const leaves = verbs.map(({ name, load }) => ({ name, load: async () => leaf(await load(), path, host) }))
  return nest(leaves, groups).map(node => (node.children === undefined ? node : { ...node, aliases: [`${node.name}s`] }))
}

function leaf(verb: AnyOrganizationVerb, path: string, host: Host): Leaf {
  return {
    spec: { ...comparable(verb), example: line => ['cbc', ...(path === '' ? [] : [path]), line].join(' ') },
    run: async (parsed, words = []) => (await import('./run-organization.ts')).runOrganization(verb, host, parsed, words, path),
  }
}
