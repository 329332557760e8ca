import type { VerbFamily } from '../define-organization.ts'

/** The command `cbc api`. */
export const API_FAMILY: VerbFamily = {
  path: '',
  verbs: [{ name: 'api', load: async () => (await import('./call.ts')).api }],
  groups: {},
}
