import { describe, expect, it } from 'vitest'
import { DeviceControl } from '../../src/api/device-control.ts'
import { Devices } from '../../src/api/devices.ts'
import type { Http } from '../../src/api/http.ts'
import { Jobs } from '../../src/api/jobs.ts'
import { LiveResponse, type CommandRequest } from '../../src/api/live-response.ts'
import { Policies } from '../../src/api/policies.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { answering, client, failure } from './support.ts'

const ORG = 'ABCD1234'
const session = (more: object = {}) => ({ id: '1:4711', device_id: 4711, status: 'ACTIVE', ...more })
const rm = (object: string, more: object = {}) => ({
  id: 3,
  name: 'delete file',
  status: 'COMPLETE',
  result_code: 0,
  input: { name: 'delete file', object },
  ...more,
})
const RM: CommandRequest = { name: 'delete file', path: 'C:\\demo\\a.txt' }

/** A client of a service that gives these answers in order, and repeats the last one. */
async function over(...answers: unknown[]): Promise<{ http: Http; sent: () => string[] }> {
  const { transport, requests } = answering(
    ...answers.map(answer => (answer === undefined ? { status: 204 } : { text: JSON.stringify(answer) })),
  )
  const { http } = await client('https://service.example', { transport, clock: new HurriedClock() })
  return { http, sent: () => requests.map(({ method, url }) => `${method} ${url.pathname}`) }
}

const live = (http: Http) => new LiveResponse(http, ORG)
const usb = (http: Http) => new DeviceControl(http, ORG)
const STICK = { vendor_id: '0x0781', product_id: '0x5581', serial_number: 'S1' }

type Wrong = [call: string, answer: unknown, ask: (http: Http) => Promise<unknown>]

describe('an answer that belongs to something else is rejected', () => {
  const READS: Wrong[] = [
    ["Start Session: another device's session", session({ id: '7:9999', device_id: 9999 }), http => live(http).startSession(4711)],
    ['Get Session: another session', session({ id: '7:9999', device_id: 9999 }), http => live(http).getSession('1:4711')],
    ['Get File Metadata', { id: 'g', size: 1 }, http => live(http).getFile('1:4711', 'f')],
    ['Retrieve Command Status: another number', rm('C:\\x', { id: 2 }), http => live(http).getCommand('1:4711', 3)],
    ["Retrieve Command Status: another session's", rm('C:\\x', { session_id: '7:9999' }), http => live(http).getCommand('1:4711', 3)],
    ["Get Commands List: another session's", [rm('C:\\x', { session_id: '7:9999' })], http => live(http).listCommands('1:4711')],
    ['Get Device', { id: 999, name: 'LAB-TEST' }, http => new Devices(http, ORG).get(4711)],
    ['Get Approval', { id: 'OTHER', ...STICK }, http => usb(http).getApproval('MINE')],
    ['Get Block', { id: 8, policy_id: 1 }, http => usb(http).getBlock('7')],
    ['Get USB Device', { id: '999', ...STICK, status: 'UNAPPROVED' }, http => usb(http).getDevice('774')],
    ['Get Job', { id: 8, status: 'COMPLETED' }, http => new Jobs(http, ORG).get('7')],
  ]

  it.each(READS)('%s', async (_, answer, ask) => {
    expect(await failure(ask((await over(answer)).http))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/the service's answer is about another/),
    })
  })

  const CHANGES: Wrong[] = [
    [
      'Issue Command: the directory listing before it',
      { id: 2, name: 'directory list', status: 'COMPLETE', files: [] },
      http => live(http).issueCommand('1:4711', RM),
    ],
    ["Issue Command: another file's deletion", rm('C:\\demo\\b.txt'), http => live(http).issueCommand('1:4711', RM)],
    [
      'Issue Command: another pid',
      { id: 3, name: 'kill', status: 'COMPLETE', input: { name: 'kill', object: 99 } },
      http => live(http).issueCommand('1:4711', { name: 'kill', pid: 7 }),
    ],
    [
      "Issue Command: another program's output",
      { id: 3, name: 'create process', status: 'COMPLETE', input: { object: 'a.exe', output_file: 'C:\\2.out' } },
      http => live(http).issueCommand('1:4711', { name: 'create process', path: 'a.exe', output_file: 'C:\\1.out' }),
    ],
    ["Issue Command: another session's", rm('C:\\demo\\a.txt', { session_id: '7:9999' }), http => live(http).issueCommand('1:4711', RM)],
    ['Cancel Command', rm('C:\\x', { id: 2 }), http => live(http).cancelCommand('1:4711', 3)],
    ['Disable Live Response', { id: '7:9999', device_id: 9999, status: 'CLOSED' }, http => live(http).disable([4711])],
    ['Close Session: another session', session({ id: '7:9999', device_id: 9999 }), http => live(http).closeSession('1:4711')],
    ['Close Session: a directory listing', [session()], http => live(http).closeSession('1:4711')],
    ['Delete File', { id: 'g' }, http => live(http).deleteFile('1:4711', 'f')],
    ['Bulk Create Approvals', { results: [{ id: 'n', ...STICK, serial_number: 'STRANGER' }] }, http => usb(http).createApprovals([STICK])],
    ['Update Approval', { id: 'OTHER', ...STICK }, http => usb(http).updateApproval('MINE', { id: 'MINE', ...STICK })],
    ['Delete Approval', { id: 'OTHER', ...STICK }, http => usb(http).deleteApproval('MINE')],
    ['Bulk Create Blocks', { results: [{ id: 1, policy_id: 9 }] }, http => usb(http).createBlocks(['7'])],
    ['Delete Block', { id: 8, policy_id: 1 }, http => usb(http).deleteBlock('7')],
  ]

  it.each(CHANGES)('%s: the outcome of the change is unknown', async (_, answer, ask) => {
    expect(await failure(ask((await over(answer)).http))).toMatchObject({
      code: 'unknown_outcome',
      message: expect.stringMatching(/the service's answer is (about another|about "|a list)/),
    })
  })

  it('even when a known session suddenly belongs to another device', async () => {
    const api = live((await over([session()], session({ device_id: 9999 }))).http)
    await api.listSessions()
    expect(await failure(api.getSession('1:4711'))).toMatchObject({
      message: "get session: the service's answer is about another device_id: 9999, not 4711",
    })
  })

  it('even when the status is of another command with the same number', async () => {
    for (const state of [{ id: 3, name: 'process list', status: 'COMPLETE', processes: [] }, rm('C:\\demo\\b.txt')]) {
      const api = live((await over(rm('C:\\demo\\a.txt', { status: 'PENDING' }), state)).http)
      await api.issueCommand('1:4711', RM)
      expect(await failure(api.getCommand('1:4711', 3))).toMatchObject({
        code: 'network',
        message: expect.stringMatching(/is about (another delete file|"process list", not "delete file")/),
      })
    }
  })

  it('and a read is repeated, which may then be answered correctly', async () => {
    const { http, sent } = await over(session({ id: '7:9999', device_id: 9999 }), session())
    expect(await live(http).getSession('1:4711')).toMatchObject({ device_id: 4711 })
    expect(sent()).toHaveLength(2)
  })
})

describe('an answer that says less, or the same in another notation, is accepted:', () => {
  const GOOD: Wrong[] = [
    ['no name, no input', { id: 3, status: 'PENDING' }, http => live(http).issueCommand('1:4711', RM)],
    [
      'an empty object, as in the document',
      { id: 3, name: 'delete file', input: { object: '' } },
      http => live(http).issueCommand('1:4711', RM),
    ],
    ['another case, other slashes', rm('c:/DEMO/a.txt/'), http => live(http).issueCommand('1:4711', RM)],
    [
      'a hive by its long name',
      { id: 3, name: 'reg delete key', input: { object: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\x' } },
      http => live(http).issueCommand('1:4711', { name: 'reg delete key', path: 'HKLM\\SOFTWARE\\x' }),
    ],
    [
      'a pid as text',
      { id: '3', name: 'KILL', input: { object: '7' } },
      http => live(http).issueCommand('1:4711', { name: 'kill', pid: 7 }),
    ],
    ['a device id as text', session({ device_id: '4711' }), http => live(http).startSession(4711)],
    ['a deletion that returns what it deleted', { id: 7 }, http => usb(http).deleteBlock('7')],
    ['a deletion with an empty answer', undefined, http => usb(http).deleteBlock('7')],
    [
      'a vendor id without its 0x',
      { results: [{ id: 'n', vendor_id: '781', product_id: '5581', serial_number: 's1' }] },
      http => usb(http).createApprovals([STICK]),
    ],
    ['an approval without its devices', { results: [{ id: 'n' }] }, http => usb(http).createApprovals([STICK])],
    ['a block of a policy in digits', { results: [{ id: 1, policy_id: 7 }] }, http => usb(http).createBlocks(['7'])],
  ]

  it.each(GOOD)('%s', async (_, answer, ask) => {
    await ask((await over(answer)).http)
  })
})

describe('an id never leads a request to another path', () => {
  const ODD = ['', '.', '..', '../x', 'a/b', 'a\\b', 'a?b', 'a#b', 'a%2e', '%2e%2e', ';', 'a\nb', 'a\u0000', '\ud800', 'x'.repeat(300)]

  const TYPED: [string, (http: Http, id: string) => Promise<unknown>][] = [
    ['Get Session', (http, id) => live(http).getSession(id)],
    ['Close Session', (http, id) => live(http).closeSession(id)],
    ['Get Files', (http, id) => live(http).listFiles(id)],
    ['Get File', (http, id) => live(http).getFile('1:2', id)],
    ['Get File Content', (http, id) => live(http).openFile('1:2', id)],
    ['Upload File', (http, id) => live(http).uploadFile(id, { name: 'a', size: 0, boundary: 'b', async *bytes() {} })],
    ['Delete File', (http, id) => live(http).deleteFile('1:2', id)],
    ['Get Commands', (http, id) => live(http).listCommands(id)],
    ['Issue Command', (http, id) => live(http).issueCommand(id, RM)],
    ['Get Command', (http, id) => live(http).getCommand(id, 1)],
    ['Cancel Command', (http, id) => live(http).cancelCommand(id, 1)],
    ['Get Approval', (http, id) => usb(http).getApproval(id)],
    ['Update Approval', (http, id) => usb(http).updateApproval(id, { id })],
    ['Delete Approval', (http, id) => usb(http).deleteApproval(id)],
    ['Get Block', (http, id) => usb(http).getBlock(id)],
    ['Delete Block', (http, id) => usb(http).deleteBlock(id)],
    ['Get USB Device', (http, id) => usb(http).getDevice(id)],
    ['Get Endpoints', (http, id) => usb(http).listEndpoints(id)],
    ['Get Job', (http, id) => new Jobs(http, ORG).get(id)],
    ['Progress of Job', (http, id) => new Jobs(http, ORG).progress(id)],
    ['Download Job', (http, id) => new Jobs(http, ORG).download(id)],
    ...[LiveResponse, DeviceControl, Devices, Jobs, Policies].map((Client): [string, (http: Http, id: string) => Promise<unknown>] => [
      `the org_key of ${Client.name}`,
      async (http, id) => new Client(http, id),
    ]),
  ]

  it.each(TYPED)('when it was typed: %s', async (_, ask) => {
    for (const id of ODD) {
      const { http, sent } = await over({})
      expect(await failure(ask(http, id)), JSON.stringify(id)).toMatchObject({
        code: 'usage',
        message: expect.stringMatching(/^(the id|org_key) can't be /),
      })
      expect(sent()).toEqual([])
    }
  })

  const ANSWERED: [string, (id: unknown) => unknown, (http: Http) => Promise<unknown>][] = [
    ['Start Session', id => session({ id }), http => live(http).startSession(4711)],
    ['Get All Sessions', id => [session({ id })], http => live(http).listSessions()],
    [
      'Upload File',
      id => ({ id, size: 0 }),
      http => live(http).uploadFile('1:2', { name: 'a', size: 0, boundary: 'b', async *bytes() {} }),
    ],
    ['Get All Files Metadata', id => [{ id, size: 0 }], http => live(http).listFiles('1:2')],
    [
      'Retrieve Command Status: the file of a "get file"',
      id => ({ id: 1, name: 'get file', status: 'COMPLETE', file_details: { file_id: id === '' ? '.' : id } }),
      http => live(http).getCommand('1:2', 1),
    ],
    ['Search Approvals', id => ({ results: [{ id, ...STICK }], num_found: 1 }), http => usb(http).searchApprovals({})],
    ['Get Blocks', id => ({ results: [{ id, policy_id: 1 }] }), http => usb(http).listBlocks()],
    ['Search USB Devices', id => ({ results: [{ id, ...STICK }], num_found: 1 }), http => usb(http).searchDevices({})],
    ['Export', id => ({ job_id: id }), http => usb(http).export('devices', {}, 'CSV')],
  ]

  it.each(ANSWERED)('when it was in an answer: %s', async (_, answer, ask) => {
    for (const id of [...ODD, 2 ** 60, 1.5, -1, true, {}, []]) {
      const error = await failure(ask((await over(answer(id))).http))
      expect(error, JSON.stringify(id)).toMatchObject({
        message: expect.stringMatching(/the service's answer has (no|an impossible) (id|file_id|job_id)/),
      })
    }
  })

  it.each<[string, (http: Http, id: number) => Promise<unknown>]>([
    ['Get Device', (http, id) => new Devices(http, ORG).get(id)],
    ['Get Command', (http, id) => live(http).getCommand('1:2', id)],
    ['Cancel Command', (http, id) => live(http).cancelCommand('1:2', id)],
  ])('an imprecise number is refused when typed: %s', async (_, ask) => {
    for (const id of [2 ** 53, -1, 1.5, NaN, 1e21]) expect(await failure(ask((await over({})).http, id))).toMatchObject({ code: 'usage' })
  })

  it.each<[string, (id: unknown) => unknown, (http: Http) => Promise<unknown>]>([
    ["a session's device", id => session({ id: 'x', device_id: id }), http => live(http).getSession('x')],
    ["a command's number", id => ({ id, name: 'kill', status: 'PENDING' }), http => live(http).getCommand('1:2', 1)],
    ['a device', id => ({ results: [{ id, name: 'x' }], num_found: 1 }), http => new Devices(http, ORG).search({})],
    ['a policy', id => ({ policies: [{ id, name: 'x' }] }), http => new Policies(http, ORG).summary()],
  ])('an imprecise number is refused in an answer: %s', async (_, answer, ask) => {
    for (const id of [2 ** 53, -1, 1.5, null, true, '1e3', '99999999999999999'])
      expect(await failure(ask((await over(answer(id))).http)), JSON.stringify(id)).toMatchObject({ code: 'network' })
  })
})
