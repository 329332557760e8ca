import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { object } from '../../core/result.ts'
import { ask } from './answer.ts'
import { WHICH_LAB, whichLab } from './options.ts'

/** What the lab says about itself (`GET /lab`). */
interface About {
  org_key: string
  devices: number
  sessions: number
  clock: { now: string; speed: number }
}

/** `cbc lab status`. */
export const status = defineProgramVerb({
  summary: "show where the lab's state is, what it contains, and its time",
  examples: [],
  fields: ['directory', 'org_key', 'token', 'devices', 'sessions', 'time', 'speed'],
  arguments: {},
  options: WHICH_LAB,
  async run(input, { host }) {
    const lab = await host.lab(whichLab(input))
    try {
      const {
        org_key,
        devices,
        sessions,
        clock: { now, speed },
      } = await ask<About>(lab, 'GET', '/lab')
      return object({ directory: lab.directory ?? null, org_key, token: lab.token, devices, sessions, time: now, speed })
    } finally {
      await lab.close()
    }
  },
})
