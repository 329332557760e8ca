import type { Host } from '../../core/host.ts'
import type { CommandNode } from '../../engine/spec.ts'

/** `cbc lab`: the embedded Carbon Black Cloud. */
export function labNodes(host: Host): CommandNode[] {
  return [
    { name: 'serve', load: async () => (await import('./serve.ts')).serve(host) },
    { name: 'devices', load: async () => (await import('./devices.ts')).devices(host) },
    { name: 'status', load: async () => (await import('./status.ts')).status(host) },
    { name: 'reset', load: async () => (await import('./reset.ts')).reset(host) },
  ]
}
