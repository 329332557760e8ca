import type { Row } from '../core/result.ts'
import type { World } from '../core/world.ts'
import { resolveDevice } from '../engine/devices.ts'
import { readGlobals } from '../engine/globals.ts'
import { preflight } from '../engine/invoke.ts'
import { openSession, runVerb } from '../engine/remote-job.ts'
import type { Leaf } from '../engine/spec.ts'
import { flag, required, type AnyVerb } from '../engine/catalog.ts'

import { clearing } from '../ui/progress.ts'
import { render } from '../ui/render.ts'
import { openSurroundings, policyOf } from './surroundings.ts'

/** A verb as a one-shot command: `cbc lr <verb> <device> …`. */
export function oneShot(verb: AnyVerb, world: World): Leaf {
  return {
    spec: {
      ...verb,
      arguments: { device: required('text', 'device id or name'), ...verb.arguments },
      options: { ...verb.options, keepSession: flag('--keep-session', 'leave the session open: the next command starts at once') },
    },
    async run({ input: { device, keepSession, ...input }, globals: given }) {
      const globals = readGlobals(given)
      preflight(verb, input, { readOnly: globals.readOnly === true, yes: globals.yes === true })
      const around = await openSurroundings(world, globals)
      const signal = world.interrupt
      try {
        const target = await resolveDevice(around.connection.devices, String(device), signal)
        const plan: Row[] | undefined = globals.dryRun ? [] : undefined
        const session = await openSession(target, globals, around, signal, plan, keepSession === true)
        try {
          const result = await runVerb(verb, input, session, session.home, globals, policyOf(world, globals, around.progress), around, signal, plan)
          return await render(result, { ...(globals.output === undefined ? {} : { format: globals.output }), ...(globals.columns === undefined ? {} : { columns: globals.columns }), stdout: clearing(world.stdout, around.progress), stderr: world.stderr })
        } finally {
          around.progress.end()
          await session.close()
        }
      } finally {
        await around.close()
      }
    },
  }
}
