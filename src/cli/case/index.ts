import type { NamedVerb } from '../program-verbs.ts'

/** `cbc case`: evidence folders. */
export const CASE_VERBS: readonly NamedVerb[] = [
  { name: 'log', load: async () => (await import('./log.ts')).log },
  { name: 'verify', load: async () => (await import('./verify.ts')).verify },
  { name: 'seal', load: async () => (await import('./seal.ts')).seal },
  { name: 'undo', load: async () => (await import('./undo.ts')).undo },
  { name: 'export', load: async () => (await import('./export.ts')).exportCase },
  { name: 'push', load: async () => (await import('./push.ts')).pushCase },
  { name: 'report', load: async () => (await import('./report.ts')).report },
]
