import type { Case, FaultBench } from './fault-matrix.ts'

const BASE = '/appservices/v6/orgs/ABCD1234'
const USB = '/device_control/v3/orgs/ABCD1234'
const [ONE, OTHER] = ['WIN-FIN-01', 'WIN-HR-01']
const IDS: Readonly<Record<string, number>> = { [ONE]: 11412673, [OTHER]: 11412690 }
/** The id that the lab gives to the first approval. */
const APPROVAL = '10373'
const CREATE = [
  'usb',
  'approval',
  'create',
  '--vendor-id',
  '0x0781',
  '--product-id',
  '0x5581',
  '--serial-number',
  '4C531001331122115172',
  '--name',
  'One',
  '--notes',
  'first',
]

/** 1 if all devices are in the state, 0 if none is; 2, which is never correct, if only some are. */
const all =
  (names: readonly string[], is: (device: { sensor_states: string[]; quarantined: boolean }) => boolean) => async (bench: FaultBench) => {
    const found = await Promise.all(
      names.map(name => bench.ask<{ sensor_states: string[]; quarantined: boolean }>('GET', `${BASE}/devices/${IDS[name]}`)),
    )
    const there = found.filter(is).length
    return there === 0 ? 0 : there === names.length ? 1 : 2
  }
const quarantine = (call: string, words: string[], names: string[]): Case => ({
  call: `Device Actions, quarantine${call}`,
  method: 'POST',
  path: '**/device_actions',
  words,
  made: all(names, ({ quarantined }) => quarantined),
})

/** Changes of devices, including several at once, and calls without a command of their own (`cbc api`). */
export const DEVICE_CASES: readonly Case[] = [
  quarantine('', ['device', 'quarantine', ONE, '--yes'], [ONE]),
  quarantine(' of several', ['device', 'quarantine', ONE, OTHER, '--yes'], [ONE, OTHER]),
  {
    call: 'Device Actions, unquarantine',
    method: 'POST',
    path: '**/device_actions',
    words: ['device', 'unquarantine', ONE, '--yes'],
    before: [['device', 'quarantine', ONE, '--yes']],
    made: all([ONE], ({ quarantined }) => !quarantined),
  },
  {
    call: 'Disable Live Response, of several',
    method: 'POST',
    path: '**/liveresponse/kill',
    words: ['lr', 'disable', ONE, OTHER, '--confirm', ONE, '--confirm', OTHER],
    made: all([ONE, OTHER], ({ sensor_states: states }) => states.includes('LIVE_RESPONSE_KILLED')),
  },
  {
    call: 'any call, GET',
    method: 'GET',
    path: '/device_control/v3/orgs/*/approvals/*',
    words: ['api', 'GET', `/device_control/v3/orgs/{org_key}/approvals/${APPROVAL}`],
    before: [CREATE],
  },
  {
    call: 'any call, a search',
    method: 'POST',
    path: '/device_control/v3/orgs/*/approvals/_search',
    words: ['api', 'POST', '/device_control/v3/orgs/{org_key}/approvals/_search', '-f', 'rows=1', '--paginate'],
    before: [CREATE],
  },
  {
    call: 'any call, PUT',
    method: 'PUT',
    path: '/device_control/v3/orgs/*/approvals/*',
    before: [CREATE],
    words: [
      'api',
      'PUT',
      `/device_control/v3/orgs/{org_key}/approvals/${APPROVAL}`,
      '-f',
      'notes=second',
      '-f',
      'approval_name=One',
      '--yes',
    ],
    made: bench => bench.carriedOut('PUT', /\/approvals\/\d+$/),
  },
  {
    call: 'any call, DELETE',
    method: 'DELETE',
    path: '/device_control/v3/orgs/*/approvals/*',
    before: [CREATE],
    words: ['api', 'DELETE', `/device_control/v3/orgs/{org_key}/approvals/${APPROVAL}`, '--yes'],
    made: async bench =>
      (await bench.ask<{ num_found: number }>('POST', `${USB}/approvals/_search`, { rows: 1 })).num_found === 0 ? 1 : 0,
  },
]
