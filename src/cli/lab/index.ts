import type { NamedVerb } from '../program-verbs.ts'

/** `cbc lab`: the embedded Carbon Black Cloud. */
export const LAB_VERBS: readonly NamedVerb[] = [
  { name: 'serve', load: async () => (await import('./serve.ts')).serve },
  { name: 'devices', load: async () => (await import('./devices.ts')).devices },
  { name: 'status', load: async () => (await import('./status.ts')).status },
  { name: 'reset', load: async () => (await import('./reset.ts')).reset },
]
