import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cat } from '../../../src/verbs/file/cat.ts'
import { get } from '../../../src/verbs/file/get.ts'
import { hash } from '../../../src/verbs/file/hash.ts'
import { hexdump } from '../../../src/verbs/file/hexdump.ts'
import { failure } from '../../api/support.ts'
import type { ServiceOptions } from '../../support/service.ts'
import { verbBench } from '../../support/verb.ts'

const ZONE = '[ZoneTransfer]\r\nZoneId=3\r\n'

/** An endpoint that opens what it doesn't list, or lists with another size. */
const endpoint = (listing: object): ServiceOptions => ({
  run: (request, service) => (request.name === 'get file' ? { result: { file_details: { file_id: service.stage(ZONE) } } } : { result: listing }),
})

describe.each([
  ['a stream of a file', 'C:\\a.exe:Zone.Identifier', { result_code: 0x8007007b }], ['a device', '\\\\.\\PhysicalDrive0', { result_code: 0x80070057 }],
  ['a file in a folder that can\'t be listed', 'C:\\locked\\a.txt', { result_code: 0x80070005 }], ['a file that is not found by listing', 'C:\\hidden', { result_code: 0x80070002 }],
  ['a file that is listed with no size', 'C:\\maps', { files: [{ filename: 'maps', size: 0, attributes: ['ARCHIVE'] }] }],
])('%s can be opened by', (_, path, listing) => {
  it('cat, hexdump and hash', async () => {
    const b = await verbBench(endpoint(listing))
    expect((await b.invoke(cat, { path })).text).toBe(ZONE)
    expect((await b.invoke(hexdump, { path })).text).toBe(ZONE)
    expect((await b.invoke(hash, { path: [path] })).rows).toMatchObject([{ path, size: ZONE.length }])
  })

  it('get', async () => {
    const b = await verbBench(endpoint(listing))
    await b.invoke(get, { remote: path, local: join(b.here, 'x') })
    expect(readFileSync(join(b.here, 'x'), 'utf8')).toBe(ZONE)
  })
})

it('the end of a file of no known size is not guessed', async () => {
  const b = await verbBench(endpoint({ result_code: 0x8007007b }))
  expect(await failure(b.invoke(cat, { path: 'C:\\a:b', tail: 5 }))).toMatchObject({ code: 'remote', facts: { hint: 'use --offset' } })
})

it('a size that differs is told', async () => {
  const b = await verbBench(endpoint({ files: [{ filename: 'maps', size: 0, attributes: ['ARCHIVE'] }] }))
  await b.invoke(hash, { path: ['C:\\maps'] })
  expect(b.notices).toEqual([`C:\\maps: ${ZONE.length} bytes came, where the endpoint lists 0`])
})
