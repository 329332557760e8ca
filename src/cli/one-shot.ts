import type { Host } from '../core/host.ts'
import { DEVICE, flag, type AnyVerb } from '../verbs/define.ts'
import type { Leaf } from '../engine/spec.ts'

/** Returns a verb as a one-shot command: `cbc lr <verb> <device> …`. The code that runs it is not loaded for its help. */
export function oneShot(verb: AnyVerb, host: Host): Leaf {
  return {
    spec: {
      ...verb,
      arguments: { device: DEVICE, ...verb.arguments },
      options: { ...verb.options, keepSession: flag('--keep-session', 'leave the session open: the next command starts at once') },
    },
    run: async parsed => (await import('./run-once.ts')).runOnce(verb, host, parsed),
  }
}
