import type { Host } from '../../core/host.ts'
import type { CommandNode } from '../../engine/spec.ts'

/** `cbc config`: the program's own profiles. */
export function configNodes(host: Host): CommandNode[] {
  return [
    { name: 'init', load: async () => (await import('./init.ts')).init(host) },
    { name: 'list', load: async () => (await import('./list.ts')).list(host) },
    { name: 'get', load: async () => (await import('./get.ts')).get(host) },
    { name: 'set', load: async () => (await import('./set.ts')).set(host) },
    { name: 'unset', load: async () => (await import('./unset.ts')).unset(host) },
    { name: 'use', load: async () => (await import('./use.ts')).use(host) },
    { name: 'path', load: async () => (await import('./path.ts')).path(host) },
  ]
}
