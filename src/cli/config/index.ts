import type { NamedVerb } from '../program-verbs.ts'

/** `cbc config`: the program's own profiles. */
export const CONFIG_VERBS: readonly NamedVerb[] = [
  { name: 'init', load: async () => (await import('./init.ts')).init },
  { name: 'list', load: async () => (await import('./list.ts')).list },
  { name: 'get', load: async () => (await import('./get.ts')).get },
  { name: 'set', load: async () => (await import('./set.ts')).set },
  { name: 'unset', load: async () => (await import('./unset.ts')).unset },
  { name: 'use', load: async () => (await import('./use.ts')).use },
  { name: 'path', load: async () => (await import('./path.ts')).path },
]
