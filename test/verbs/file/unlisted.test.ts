import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileEntry } from '../../../src/api/live-response.ts'
import { entry } from '../../../src/remote/normalize.ts'
import { ENTRY } from '../../../src/verbs/columns.ts'
import { cat } from '../../../src/verbs/file/cat.ts'
import { criterion, parseSizeTest } from '../../../src/verbs/file/criteria.ts'
import { get } from '../../../src/verbs/file/get.ts'
import { hash } from '../../../src/verbs/file/hash.ts'
import { hexdump } from '../../../src/verbs/file/hexdump.ts'
import { ls } from '../../../src/verbs/file/ls.ts'
import { render } from '../../../src/ui/render.ts'
import { memoryOutput } from '../../support/host.ts'
import { failure } from '../../api/support.ts'
import type { ServiceOptions } from '../../support/service.ts'
import { verbBench } from '../../support/verb.ts'

const ZONE = '[ZoneTransfer]\r\nZoneId=3\r\n'

/** An endpoint that opens files that it does not list, or lists with another size. */
const endpoint = (listing: object): ServiceOptions => ({
  run: (request, service) =>
    request.name === 'get file' ? { result: { file_details: { file_id: service.stage(ZONE) } } } : { result: listing },
})

describe.each([
  ['a stream of a file', 'C:\\a.exe:Zone.Identifier', { result_code: 0x8007007b }],
  ['a device', '\\\\.\\PhysicalDrive0', { result_code: 0x80070057 }],
  ['a file in a folder that cannot be listed', 'C:\\locked\\a.txt', { result_code: 0x80070005 }],
  ['a file that is missing from the listing', 'C:\\hidden', { result_code: 0x80070002 }],
  ['a file that is listed with size 0', 'C:\\maps', { files: [{ filename: 'maps', size: 0, attributes: ['ARCHIVE'] }] }],
  ['a file that is listed without a size', 'C:\\maps', { files: [{ filename: 'maps', attributes: ['ARCHIVE'] }] }],
  ['a file whose size is null', 'C:\\maps', { files: [{ filename: 'maps', size: null, attributes: ['ARCHIVE'] }] }],
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

it('a file of unknown size is not assumed to have ended', async () => {
  const b = await verbBench(endpoint({ result_code: 0x8007007b }))
  expect(await failure(b.invoke(cat, { path: 'C:\\a:b', tail: 5 }))).toMatchObject({ code: 'remote', facts: { hint: 'use --offset' } })
})

it('a size that differs is reported', async () => {
  const b = await verbBench(endpoint({ files: [{ filename: 'maps', size: 0, attributes: ['ARCHIVE'] }] }))
  await b.invoke(hash, { path: ['C:\\maps'] })
  expect(b.notices).toEqual([`C:\\maps: ${ZONE.length} bytes were read, but the endpoint lists 0`])
})

describe.each([
  ['left out', {}],
  ['null', { size: null }],
  ['no number', { size: 'large' }],
])('a size that is %s', (_, size) => {
  const listing = { files: [{ filename: 'a.bin', attributes: ['ARCHIVE'], ...size }] }

  it('is null rather than 0, and blank in a table', async () => {
    const { rows } = await (await verbBench(endpoint(listing))).invoke(ls, { path: ['C:\\a.bin'] })
    expect(rows).toMatchObject([{ size: null }])
    const stdout = memoryOutput()
    await render({ kind: 'list', rows, columns: ENTRY }, { stdout, stderr: memoryOutput() })
    expect(stdout.text()).toMatch(/\t\tARCHIVE\ta\.bin\n$/)
  })

  it('is not reported as a difference', async () => {
    const b = await verbBench(endpoint(listing))
    await b.invoke(hash, { path: ['C:\\a.bin'] })
    await b.invoke(get, { remote: 'C:\\a.bin', local: join(b.here, 'y') })
    expect(b.notices).toEqual([])
  })

  it('matches no size criterion', () => {
    const fits = (text: string) =>
      criterion({ size: parseSizeTest(text) }, true, 0)(entry({ filename: 'a.bin', ...size } as FileEntry, 'C:\\a.bin'))
    expect([fits('0'), fits('-1k'), fits('+0')]).toEqual([false, false, false])
  })
})
