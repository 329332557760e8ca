import type { NamedVerb } from '../program-verbs.ts'

/** The commands of `cbc lr playbook`. */
export const PLAYBOOK_VERBS: readonly NamedVerb[] = [
  { name: 'list', load: async () => (await import('./list.ts')).list },
  { name: 'show', load: async () => (await import('./show.ts')).show },
  { name: 'check', load: async () => (await import('./check.ts')).check },
  { name: 'schema', load: async () => (await import('./schema.ts')).schema },
]
