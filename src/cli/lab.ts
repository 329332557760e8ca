import type { World } from '../core/world.ts'
import type { CommandNode } from '../engine/spec.ts'

/** `cbc lab`: the embedded Carbon Black Cloud. */
export function labNodes(world: World): CommandNode[] {
  return [
    { name: 'serve', load: async () => (await import('./lab-serve.ts')).serve(world) },
    { name: 'devices', load: async () => (await import('./lab-devices.ts')).devices(world) },
    { name: 'status', load: async () => (await import('./lab-status.ts')).status(world) },
    { name: 'reset', load: async () => (await import('./lab-reset.ts')).reset(world) },
  ]
}
