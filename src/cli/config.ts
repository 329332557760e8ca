import type { World } from '../core/world.ts'
import type { CommandNode } from '../engine/spec.ts'

/** `cbc config`: the program's own profiles. */
export function configNodes(world: World): CommandNode[] {
  return [
    { name: 'init', load: async () => (await import('./config-init.ts')).init(world) },
    { name: 'list', load: async () => (await import('./config-list.ts')).list(world) },
    { name: 'get', load: async () => (await import('./config-get.ts')).get(world) },
    { name: 'set', load: async () => (await import('./config-set.ts')).set(world) },
    { name: 'unset', load: async () => (await import('./config-unset.ts')).unset(world) },
    { name: 'use', load: async () => (await import('./config-use.ts')).use(world) },
    { name: 'path', load: async () => (await import('./config-path.ts')).path(world) },
  ]
}
