import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { list, type Column, type Row } from '../../core/result.ts'
import type { Host, LabService, LabSettings } from '../../core/host.ts'
import { ask } from './answer.ts'
import { WHICH_LAB, whichLab } from './options.ts'

/** The most devices that one search returns ("Neighbouring APIs"). */
const PAGE_SIZE = 10_000

const COLUMNS: Column[] = [
  { key: 'id' },
  { key: 'name' },
  { key: 'os_version', title: 'os', priority: 1 },
  { key: 'policy_name', title: 'policy', flexible: true, priority: 3 },
  { key: 'live_response', title: 'live response', text: liveResponse },
  { key: 'last_contact_time', title: 'last contact', kind: 'time', priority: 4 },
  { key: 'login_user_name', title: 'user', flexible: true, priority: 2 },
]

/** `cbc lab devices`. */
export const devices = defineProgramVerb({
  summary: "list the lab's devices",
  details: 'It lists those of the profile lab or, with --devices and --seed, those that lab serve has with the same options.',
  examples: [],
  arguments: {},
  options: WHICH_LAB,
  async run(input, { host }) {
    return list(devicesOf(host, whichLab(input)), COLUMNS, 'no devices')
  },
})

async function* devicesOf(host: Host, settings: LabSettings): AsyncGenerator<Row> {
  const lab = await host.lab(settings)
  try {
    yield* found(lab)
  } finally {
    await lab.close()
  }
}

async function* found(lab: LabService): AsyncGenerator<Row> {
  for (let start = 0, total = 1; start < total; start += PAGE_SIZE) {
    const { results, num_found } = await ask<{ results: Row[]; num_found: number }>(
      lab,
      'POST',
      `/appservices/v6/orgs/${lab.org}/devices/_search`,
      { start, rows: PAGE_SIZE },
    )
    yield* results
    total = num_found
  }
}

function liveResponse(row: Row): string {
  const states = row['sensor_states']
  return Array.isArray(states) && states.includes('LIVE_RESPONSE_ENABLED') ? 'enabled' : 'off'
}
