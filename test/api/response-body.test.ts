import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DeviceControl } from '../../src/api/device-control.ts'
import { Devices } from '../../src/api/devices.ts'
import { Jobs } from '../../src/api/jobs.ts'
import { LiveResponse, type Command, type Session } from '../../src/api/live-response.ts'
import { Policies } from '../../src/api/policies.ts'
import { readJson, readText } from '../../src/api/response-body.ts'
import { CbcError } from '../../src/core/errors.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { answering, client } from './support.ts'

const FIELDS = [
  'id',
  'status',
  'name',
  'results',
  'num_found',
  'num_available',
  'files',
  'processes',
  'values',
  'value',
  'sub_keys',
  'process_details',
  'pid',
  'return_code',
  'mem_dump',
  'file_details',
  'file_id',
  'result_code',
  'result_desc',
  'supported_commands',
  'drives',
  'current_working_directory',
  'sensor_states',
  'policies',
  'terms',
  'products',
  'job_id',
  'vendor_id',
  'device_id',
  '__proto__',
  'toString',
]
const leaf = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1, 1e308, 2 ** 53, '', '7', 'COMPLETE', 'pending'),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.double(),
)
const { object: value } = fc.letrec<{ object: unknown; list: unknown; value: unknown }>(tie => ({
  value: fc.oneof({ maxDepth: 4 }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.oneof(
    { maxDepth: 4 },
    { weight: 1, arbitrary: tie('list') },
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 8 }) },
  ),
}))
/** Half of the answers have an id that the next call could use. */
const answer = fc
  .tuple(fc.constantFrom('7', 7, undefined), value)
  .map(([id, whole]) => (id === undefined || Array.isArray(whole) ? whole : { ...(whole as object), id }))

const isTexts = (list: unknown) => list == null || (Array.isArray(list) && list.every(item => typeof item === 'string'))
const isObjects = (list: unknown) => list == null || (Array.isArray(list) && list.every(item => typeof item === 'object' && item !== null))

function checkSession({ id, status, supported_commands, drives, current_working_directory: directory }: Session): void {
  expect([typeof id, typeof status]).toEqual(['string', 'string'])
  expect([isTexts(supported_commands), isTexts(drives), directory == null || typeof directory === 'string']).toEqual([true, true, true])
}

function checkCommand({ id, name, result_code = 0, files, processes, values, sub_keys, process_details }: Command): void {
  expect([typeof id, typeof name, Number.isInteger(result_code)]).toEqual(['number', 'string', true])
  expect([files, processes, values].map(isObjects).concat(isTexts(sub_keys))).toEqual([true, true, true, true])
  expect([process_details?.pid, process_details?.return_code].every(number => number === undefined || Number.isInteger(number))).toBe(true)
}

it('any response body is either parsed as documented or an error of the service', async () => {
  await fc.assert(
    fc.asyncProperty(answer, async body => {
      const { http } = await client('http://127.0.0.1:1', {
        transport: answering({ text: JSON.stringify(body) }).transport,
        clock: new HurriedClock(),
      })
      const [live, usb] = [new LiveResponse(http, 'o'), new DeviceControl(http, 'o')]
      const calls: [work: () => Promise<unknown>, check?: (found: never) => void][] = [
        [() => live.getSession('s'), checkSession],
        [() => live.startSession(1), checkSession],
        [() => live.listSessions(), (all: Session[]) => all.forEach(checkSession)],
        [() => live.getCommand('s', 7), checkCommand],
        [() => live.listCommands('s'), (all: Command[]) => all.forEach(checkCommand)],
        [() => live.issueCommand('s', { name: 'kill', pid: 1 }), checkCommand],
        [() => live.listFiles('s')],
        [() => live.disable([1])],
        [() => new Devices(http, 'o').search({})],
        [() => new Devices(http, 'o').get(1)],
        [() => new Policies(http, 'o').summary()],
        [() => new Jobs(http, 'o').get('1')],
        [() => usb.searchApprovals({})],
        [() => usb.getApproval('1')],
        [() => usb.listBlocks()],
        [() => usb.searchDevices({})],
        [() => usb.listEndpoints('1')],
        [() => usb.facetDevices({ terms: { fields: [] } })],
        [() => usb.listProducts()],
        [() => usb.export('devices', {}, 'CSV')],
        [() => usb.createApprovals([])],
      ]
      for (const [work, check] of calls) {
        const found: unknown = await work().catch((error: unknown) => error)
        if (found instanceof Error) expect(found instanceof CbcError ? found.code : found).toMatch(/^(network|unknown_outcome)$/)
        else check?.(found as never)
      }
    }),
    { numRuns: 60 },
  )
})

it('a character whose bytes come in different parts of an answer stays whole', async () => {
  async function* body() {
    for (const byte of Buffer.from('\ufeff{"filename":"größe 😀"}')) yield await Promise.resolve(Uint8Array.of(byte))
  }
  expect(await readText({ status: 200, headers: {}, body: body() })).toBe('\ufeff{"filename":"größe 😀"}')
})

async function* inParts(...parts: string[]) {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part))
}

const answered = (...parts: string[]) => ({ status: 200, headers: {}, body: inParts(...parts) })

it('an answer without a byte is no JSON at all, in however many parts it comes', async () => {
  expect(await readJson(answered())).toBeUndefined()
  expect(await readJson(answered('', ''))).toBeUndefined()
})

it('what would crash the code that shows an answer is refused, in a list and beside it, also written with escapes', async () => {
  for (const text of [
    '{"toString":1}',
    '{"files":[{"filename":{"toString":1}}]}',
    '[[{"\\u0074oString":1}]]',
    `{"files":[${'['.repeat(100)}${']'.repeat(100)}]}`,
  ])
    await expect(readJson(answered(text)), text).rejects.toThrow('not the documented object')
  expect(await readJson(answered('{"files":[{"filename":"toString"}]}'))).toEqual({ files: [{ filename: 'toString' }] })
})

it('a web page is told from other garbage, also after blanks in parts of their own', async () => {
  await expect(readJson(answered('\n', ' <html>[[[['))).rejects.toThrow('a web page')
  await expect(readJson(answered(`<p>${'['.repeat(200)}`))).rejects.toThrow('a web page')
  await expect(readJson(answered('{"files":[{]}'))).rejects.toThrow('not JSON')
})

it('a secret is removed from the items of a list and from what is around it', async () => {
  const secrets = ['ABCDEFGH123']
  expect(await readJson(answered('{"a":"ABCDEF', 'GH123","files":["x ABCDEFG', 'H123"]}'), { secrets })).toEqual({
    a: '[secret]',
    files: ['x [secret]'],
  })
})
