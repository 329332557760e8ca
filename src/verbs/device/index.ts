import type { VerbFamily } from '../define-organization.ts'

/** The commands of `cbc device`. */
export const DEVICE_FAMILY: VerbFamily = {
  path: 'device',
  verbs: [
    { name: 'list', load: async () => (await import('./list.ts')).deviceList },
    { name: 'get', load: async () => (await import('./get.ts')).deviceGet },
    { name: 'quarantine', load: async () => (await import('./quarantine.ts')).deviceQuarantine },
    { name: 'unquarantine', load: async () => (await import('./quarantine.ts')).deviceUnquarantine },
  ],
  groups: {},
}
