import type { Case, FaultBench } from './fault-matrix.ts'

const HERE = '/device_control/v3/orgs/ABCD1234'
const ORG = '/device_control/v3/orgs/*'
const STICK = ['--vendor-id', '0x0781', '--product-id', '0x5581', '--serial-number', '4C531001331122115172']
const FILE = `vendor_id,product_id,serial_number,approval_name,notes\n${[1, 2, 3].map(n => `0x0951,0x1607,A${n},stick ${n},of a file`).join('\n')}\n`

const CREATE = ['usb', 'approval', 'create', ...STICK, '--name', 'One', '--notes', 'first']
/** The id that the lab gives to the first approval, and to the first block. */
const APPROVAL = '10373'
const BLOCK = '55'
/** A USB device that an endpoint has seen. */
const SEEN = '774'
const UPDATE = ['usb', 'approval', 'update', APPROVAL, '--notes', 'second']
const IMPORT = ['usb', 'approval', 'import', 'sticks.csv']
const APPLY = ['usb', 'approval', 'apply', 'sticks.csv', '--yes']
const BLOCKED = ['usb', 'block', 'create', 'Standard', '--yes']
const LIMITED = ['usb', 'block', 'update', 'Standard', '--no-allow-write']
const EXPORT = ['usb', 'device', 'export', '--job', '--status', 'APPROVED']

const file =
  (text: string): Case['prepare'] =>
  async ({ local }) => {
    local.files.set('sticks.csv', Buffer.from(text))
  }
const carriedOut = (method: string, end: RegExp) => (bench: FaultBench) => bench.carriedOut(method, end)
const created = carriedOut('POST', /\/approvals\/_bulk$/)
const updated = carriedOut('PUT', /\/approvals\/\d+$/)
/** 1 if the object is gone, which can be deleted only once. */
const deleted = async (bench: FaultBench) =>
  (await bench.ask<{ num_found: number }>('POST', `${HERE}/approvals/_search`, { rows: 1 })).num_found === 0 ? 1 : 0
const blocked = carriedOut('POST', /\/blocks\/_bulk$/)
const limited = carriedOut('PUT', /\/blocks\/\d+$/)
const unblocked = async (bench: FaultBench) =>
  (await bench.ask<{ results: unknown[] }>('GET', `${HERE}/blocks`)).results.length === 0 ? 1 : 0

const search = (call: string, words: string[], more: Partial<Case> = {}): Case => ({
  call: `Search Approvals${call}`,
  method: 'POST',
  path: `${ORG}/approvals/_search`,
  words,
  ...more,
})
const create = (call: string, words: string[], more: Partial<Case> = {}): Case => ({
  call: `Bulk Create Approvals, ${call}`,
  method: 'POST',
  path: `${ORG}/approvals/_bulk`,
  words,
  made: created,
  ...more,
})
const update = (call: string, words: string[], more: Partial<Case> = {}): Case => ({
  call: `Update Approval${call}`,
  method: 'PUT',
  path: `${ORG}/approvals/*`,
  words,
  before: [CREATE],
  made: updated,
  ...more,
})
const remove = (call: string, words: string[], more: Partial<Case> = {}): Case => ({
  call: `Delete Approval${call}`,
  method: 'DELETE',
  path: `${ORG}/approvals/*`,
  words,
  before: [CREATE],
  made: deleted,
  ...more,
})

/** Every Device Control call that the program makes, and the calls of other APIs that it needs for them. */
export const USB_CASES: readonly Case[] = [
  search('', ['usb', 'approval', 'list'], { before: [CREATE] }),
  search(', before a create', CREATE, { made: created }),
  search(', before an import', IMPORT, { prepare: file(FILE), made: created }),
  search(', before an apply', APPLY, { prepare: file(FILE), made: created }),
  { call: 'Get Approval', method: 'GET', path: `${ORG}/approvals/*`, words: ['usb', 'approval', 'get', APPROVAL], before: [CREATE] },
  { call: 'Get Approval, before an update', method: 'GET', path: `${ORG}/approvals/*`, words: UPDATE, before: [CREATE], made: updated },
  create('one', CREATE),
  create('of a USB device that was seen', ['usb', 'approve', SEEN]),
  create('of an import', IMPORT, { prepare: file(FILE) }),
  create('of an apply', APPLY, { prepare: file(FILE) }),
  update('', UPDATE),
  update(', of an apply', APPLY, {
    prepare: file(`vendor_id,product_id,serial_number,notes\n${[STICK[1], STICK[3], STICK[5], 'second'].join(',')}\n`),
  }),
  remove('', ['usb', 'approval', 'delete', APPROVAL]),
  remove(', of a USB device that was seen', ['usb', 'unapprove', SEEN], { before: [['usb', 'approve', SEEN]] }),
  remove(', of an apply', [...APPLY, '--prune'], { prepare: file('[]') }),
  { call: 'Get Blocks', method: 'GET', path: `${ORG}/blocks`, words: ['usb', 'block', 'list'], before: [BLOCKED] },
  { call: 'Get Blocks, before a create', method: 'GET', path: `${ORG}/blocks`, words: BLOCKED, made: blocked },
  { call: 'Get Block', method: 'GET', path: `${ORG}/blocks/*`, words: ['usb', 'block', 'get', BLOCK], before: [BLOCKED] },
  { call: 'Bulk Create Blocks', method: 'POST', path: `${ORG}/blocks/_bulk`, words: BLOCKED, made: blocked },
  { call: 'Update Block', method: 'PUT', path: `${ORG}/blocks/*`, words: LIMITED, before: [BLOCKED], made: limited },
  { call: 'Get Blocks, before an update', method: 'GET', path: `${ORG}/blocks`, words: LIMITED, before: [BLOCKED], made: limited },
  {
    call: 'Delete Block',
    method: 'DELETE',
    path: `${ORG}/blocks/*`,
    words: ['usb', 'block', 'delete', 'Standard'],
    before: [BLOCKED],
    made: unblocked,
  },
  { call: 'List policies, before Bulk Create Blocks', method: 'GET', path: '**/policies/summary', words: BLOCKED, made: blocked },
  { call: 'Search USB Devices', method: 'POST', path: `${ORG}/devices/_search`, words: ['usb', 'device', 'list', '--limit', '3'] },
  { call: 'Get USB Device', method: 'GET', path: `${ORG}/devices/*`, words: ['usb', 'device', 'get', SEEN] },
  { call: 'Get Endpoints of a USB device', method: 'GET', path: `${ORG}/devices/*/endpoints`, words: ['usb', 'device', 'endpoints', SEEN] },
  { call: 'Facet USB Devices', method: 'POST', path: `${ORG}/devices/_facet`, words: ['usb', 'device', 'facet', '--by', 'status'] },
  { call: 'Get Vendors and Products', method: 'GET', path: `${ORG}/products`, words: ['usb', 'product', 'list'] },
  { call: 'Export USB Devices', method: 'POST', path: `${ORG}/devices/_export`, words: EXPORT, before: [['usb', 'approve', SEEN]] },
  { call: 'Get Job', method: 'GET', path: '/jobs/v1/orgs/*/jobs/*', words: EXPORT, before: [['usb', 'approve', SEEN]] },
  { call: 'Download Job', method: 'GET', path: '/jobs/v1/orgs/*/jobs/*/download', words: EXPORT, before: [['usb', 'approve', SEEN]] },
]
