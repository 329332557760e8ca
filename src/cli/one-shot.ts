import type { Host } from '../core/host.ts'
import { flag, required, type AnyVerb } from '../verbs/define.ts'
import type { Leaf } from '../engine/spec.ts'
import { posixExample } from '../engine/examples.ts'
import { runOptionsOf } from './run/options.ts'

/** The endpoints to work on. */
const DEVICES = required('device', 'id, name, pattern, several of them with commas, @FILE or query:…: see `cbc help selectors`')

/** Returns a verb as a one-shot command: `cbc lr <verb> <device> …`. The code that runs it is not loaded for its help. */
export function oneShot(verb: AnyVerb, host: Host): Leaf {
  return {
    spec: {
      ...verb,
      arguments: withDevice(verb),
      ...(verb.deviceAt === undefined
        ? {}
        : { example: (line: string) => posixExample(`cbc lr ${verb.name}`, line, undefined, verb.deviceAt) }),
      options: {
        ...verb.options,
        keepSession: flag('--keep-session', 'leave the session open: the next command starts at once'),
        ...runOptionsOf(verb),
      },
    },
    run: async (parsed, words) => (await import('./run-once.ts')).runOnce(verb, host, parsed, words),
  }
}

/** The arguments of a verb, with the device among them. */
function withDevice({ arguments: own, deviceAt = 0 }: AnyVerb): Leaf['spec']['arguments'] {
  const all = Object.entries(own)
  return Object.fromEntries([...all.slice(0, deviceAt), ['device', DEVICES], ...all.slice(deviceAt)])
}
