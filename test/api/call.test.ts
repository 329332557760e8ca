import { expect, it } from 'vitest'
import { AnyCall } from '../../src/api/any-call.ts'
import type { Call } from '../../src/api/call.ts'
import { DeviceControl } from '../../src/api/device-control.ts'
import { Devices } from '../../src/api/devices.ts'
import type { Http } from '../../src/api/http.ts'
import { LiveResponse } from '../../src/api/live-response.ts'

/** The calls that a change sends. */
async function sent(change: (http: Http) => Promise<unknown>): Promise<Call[]> {
  const calls: Call[] = []
  const stop = async (call: Call) => {
    calls.push(call)
    throw new Error('enough')
  }
  const http = { json: stop, any: stop, upload: stop } as unknown as Http
  await change(http).catch(() => {})
  return calls
}

const ORG = 'ABCD1234'
const CHANGES: [string, (http: Http) => Promise<unknown>, string][] = [
  ['close session', http => new LiveResponse(http, ORG).closeSession('1:2'), 'cbc lr session list'],
  ['disable', http => new LiveResponse(http, ORG).disable([7]), 'cbc device get 7'],
  [
    'upload',
    http => new LiveResponse(http, ORG).uploadFile('1:2', { name: 'x', size: 1, bytes: async function* () {}, boundary: 'b' }),
    'cbc lr file list 1:2',
  ],
  ['delete staged file', http => new LiveResponse(http, ORG).deleteFile('1:2', 'f'), 'cbc lr file list 1:2'],
  ['issue command', http => new LiveResponse(http, ORG).issueCommand('1:2', { name: 'kill', pid: 4 }), 'cbc lr command list 1:2'],
  ['cancel command', http => new LiveResponse(http, ORG).cancelCommand('1:2', 3), 'cbc lr command get 1:2 3'],
  ['create approvals', http => new DeviceControl(http, ORG).createApprovals([{ approval_name: 'x' }]), 'cbc usb approval list'],
  ['delete approval', http => new DeviceControl(http, ORG).deleteApproval('a'), 'cbc usb approval list'],
  ['create blocks', http => new DeviceControl(http, ORG).createBlocks(['1']), 'cbc usb block list'],
  ['delete block', http => new DeviceControl(http, ORG).deleteBlock('b'), 'cbc usb block list'],
  ['quarantine', http => new Devices(http, ORG).quarantine([7], true), 'cbc device get 7'],
  ['any call', http => new AnyCall(http, ORG).send({ method: 'DELETE', path: '/x/y' }), 'cbc api GET /x/y'],
]

it.each(CHANGES)('%s says where to look when its answer is lost', async (_name, change, line) => {
  expect((await sent(change)).map(({ look, list }) => look ?? list)).toEqual([line])
})
