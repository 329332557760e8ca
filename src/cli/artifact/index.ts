import type { NamedVerb } from '../program-verbs.ts'

/** The commands of `cbc lr artifact`. */
export const ARTIFACT_VERBS: readonly NamedVerb[] = [
  { name: 'list', load: async () => (await import('./list.ts')).list },
  { name: 'show', load: async () => (await import('./show.ts')).show },
]
