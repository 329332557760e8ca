import { object } from '../../core/result.ts'
import type { Host } from '../../core/host.ts'
import { readGlobals } from '../../engine/globals.ts'
import type { Leaf } from '../../engine/spec.ts'
import { ask } from './answer.ts'
import { WHICH_LAB, whichLab } from './options.ts'
import { show } from '../show.ts'

/** What the lab says about itself (`GET /lab`). */
interface About {
  org_key: string
  devices: number
  sessions: number
  clock: { now: string; speed: number }
}

/** `cbc lab status`. */
export function status(host: Host): Leaf {
  return {
    spec: {
      summary: "show where the lab's state is, what it contains, and its time",
      examples: [],
      fields: ['directory', 'org_key', 'token', 'devices', 'sessions', 'time', 'speed'],
      arguments: {},
      options: WHICH_LAB,
    },
    async run({ input, globals: given }) {
      const lab = await host.lab(whichLab(input))
      try {
        const {
          org_key,
          devices,
          sessions,
          clock: { now, speed },
        } = await ask<About>(lab, 'GET', '/lab')
        const facts = { directory: lab.directory ?? null, org_key, token: lab.token, devices, sessions, time: now, speed }
        return await show(
          object(
            facts,
            Object.keys(facts).map(key => ({ key })),
          ),
          host,
          readGlobals(given),
        )
      } finally {
        await lab.close()
      }
    },
  }
}
