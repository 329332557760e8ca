import type { Host } from '../core/host.ts'
import { flag, required, type AnyVerb } from '../verbs/define.ts'
import type { Leaf } from '../engine/spec.ts'
import { comparable } from '../engine/compare-options.ts'
import { posixExample } from '../engine/examples.ts'
import { runOptionsOf } from './run/options.ts'

/** The endpoints to work on. */
const DEVICES = required('device', 'id, name, pattern, several of them with commas, @FILE or query:…: see `cbc help selectors`')

/** Returns a verb as a one-shot command: `cbc lr <verb> <device> …`. The code that runs it is not loaded for its help. */
export function oneShot(verb: AnyVerb, host: Host): Leaf {
  const spec = comparable(verb)
  return {
    spec: {
      ...spec,
      arguments: withDevice(verb),
      ...(verb.deviceLast ? { example: (line: string) => posixExample(`cbc lr ${verb.name}`, line, undefined, true) } : {}),
      options: {
        ...spec.options,
        keepSession: flag('--keep-session', 'leave the session open: the next command starts at once'),
        ...runOptionsOf(verb),
      },
    },
    async run({ input, globals }, words) {
      const [{ runOnce }, { joinSelectors }] = await Promise.all([import('./run-once.ts'), import('../engine/selector.ts')])
      const device = joinSelectors([input['device']].flat() as string[])
      return await runOnce(verb, host, { input: { ...input, device }, globals }, words)
    },
  }
}

/** The arguments of a verb, with the device among them: several, where a verb has something to say of all of them together. */
function withDevice({ arguments: own, deviceLast, across }: AnyVerb): Leaf['spec']['arguments'] {
  const device = across === undefined ? DEVICES : { ...DEVICES, many: true }
  return deviceLast ? { ...own, device } : { device, ...own }
}
