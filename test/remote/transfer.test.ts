import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Command, CommandRequest } from '../../src/api/live-response.ts'
import { interrupted, CbcError } from '../../src/core/errors.ts'
import { SILENT, type LocalSource, type LocalTarget } from '../../src/core/ports.ts'
import { Planned } from '../../src/remote/session.ts'
import { MARGIN_BYTES } from '../../src/remote/staged-bytes.ts'
import { download } from '../../src/remote/download.ts'
import { fetchBytes, upload } from '../../src/remote/transfer.ts'
import { collect, failure } from '../api/support.ts'
import { DEVICE, type FakeService } from '../support/service.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const WORK = { signal: NEVER, progress: SILENT }
const CONTENT = randomBytes(100_000)
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')

interface Disk {
  /** The file on the endpoint. */
  bytes?: Buffer
  /** The listed size, if it differs. */
  listed?: number
  takes?: number
  ignoresCount?: boolean
  /** The service names the cloud's copy at once, as in the document. */
  namesEarly?: boolean
  put?: Partial<Command>
}

/** An endpoint with one file, whatever its name. */
function endpoint(disk: Disk) {
  const requests: CommandRequest[] = []
  const b = bench({
    run(request: CommandRequest, service: FakeService) {
      requests.push(request)
      if (request.name === 'directory list')
        return {
          result:
            disk.bytes === undefined
              ? { result_code: 2147942402 }
              : { files: [{ filename: 'x.bin', size: disk.listed ?? disk.bytes.length }] },
        }
      if (request.name === 'put file') {
        if (disk.put === undefined) disk.bytes = service.last.files.get(request.file_id)?.bytes ?? Buffer.alloc(0)
        return { result: disk.put ?? {}, takes: disk.takes ?? 0 }
      }
      if (request.name !== 'get file') return {}
      if (disk.bytes === undefined) return { result: { result_code: 2147942402 } }
      const { offset = 0, count = Infinity } = request
      const file_id = service.stage(disk.ignoresCount ? disk.bytes.subarray(offset) : disk.bytes.subarray(offset, offset + count))
      return {
        takes: disk.takes ?? 0,
        result: { file_details: { file_id, offset } },
        ...(disk.namesEarly ? { meanwhile: { file_details: { file_id, offset: 0, count: 0 } } } : {}),
      }
    },
  })
  return { ...b, requests }
}

/** A local file in memory that records what happens to it. */
function target(writes: (chunk: Uint8Array) => void = () => {}) {
  const parts: Uint8Array[] = []
  const fate: unknown[] = []
  const file: LocalTarget = {
    path: '/here/x.bin',
    async write(chunk) {
      writes(chunk)
      parts.push(Buffer.from(chunk))
    },
    async commit(modified) {
      fate.push(['commit', modified])
    },
    async discard() {
      fate.push('discard')
    },
  }
  return { file, fate, content: () => Buffer.concat(parts) }
}

function source(bytes: Buffer): LocalSource & { opened: number } {
  return {
    path: '/here/x.bin',
    name: 'x.bin',
    size: bytes.length,
    modified: 0,
    opened: 0,
    async *bytes() {
      this.opened += 1
      for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000)
    },
  }
}

describe('fetching bytes', () => {
  it("returns them, then deletes the cloud's copy", async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    expect((await b.run(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK)))).equals(CONTENT)).toBe(true)
    expect(b.requests).toEqual([{ name: 'get file', path: 'C:\\x.bin' }])
    expect(b.service.staged).toEqual([])
    expect(b.service.calls.at(-1)).toMatch(/^DELETE .*\/files\/file-\d+$/)
  })

  it("keeps the cloud's copy when asked to", async () => {
    const b = endpoint({ bytes: CONTENT })
    await b.run(collect(fetchBytes(await b.open(), 'C:\\x.bin', {}, { ...WORK, keepCloudCopy: true })))
    expect(b.service.staged).toHaveLength(1)
  })

  it.each([
    [{ offset: 10, length: 20 }, { offset: 10, count: 20, get_count: 20 }, CONTENT.subarray(10, 30)],
    [{ length: 5 }, { offset: 0, count: 5, get_count: 5 }, CONTENT.subarray(0, 5)],
    [{ offset: 99_990 }, { offset: 99_990 }, CONTENT.subarray(99_990)],
    [{ offset: 99_990, length: 100 }, { offset: 99_990, count: 100, get_count: 100 }, CONTENT.subarray(99_990)],
  ])('of a part %j asks for just that, in both spellings', async (range, sent, expected) => {
    const b = endpoint({ bytes: CONTENT })
    const got = await b.run(collect(fetchBytes(await b.open(), 'C:\\x.bin', range, WORK)))
    expect(b.requests[0]).toEqual({ name: 'get file', path: 'C:\\x.bin', ...sent })
    expect(got.equals(expected)).toBe(true)
  })

  it('passes on no more than was requested when the server ignores the count', async () => {
    const b = endpoint({ bytes: CONTENT, ignoresCount: true })
    const got = await b.run(collect(fetchBytes(await b.open(), 'C:\\x.bin', { offset: 5, length: 1234 }, WORK)))
    expect(got.equals(CONTENT.subarray(5, 1239))).toBe(true)
    expect(b.service.staged).toEqual([])
  })

  it('reads no further than was requested', async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    let sent = 0
    const endless = async function* () {
      for (; sent < 100; sent++) yield Buffer.alloc(100)
    }
    b.service.before = ({ path }) => (path.endsWith('/content') ? { status: 200, body: endless() } : undefined)
    expect(await b.run(collect(fetchBytes(session, 'C:\\x.bin', { length: 250 }, WORK)))).toHaveLength(250)
    expect(sent).toBe(2)
  })

  describe("a gateway's sign-in page that comes with status 200", () => {
    const page = (body: Buffer) => ({ status: 200, body, headers: { 'content-type': 'text/html; charset=utf-8' } })

    it('is not taken for the file', async () => {
      const b = endpoint({ bytes: CONTENT })
      const session = await b.open()
      b.service.before = ({ path }) => (path.endsWith('/content') ? page(Buffer.from('<html>log in')) : undefined)
      expect(await b.run(failure(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK))))).toMatchObject({
        code: 'network',
        message: 'C:\\x.bin: a web page came instead of the file',
      })
    })

    it('is told from a file that is itself a web page', async () => {
      const b = endpoint({ bytes: CONTENT })
      const session = await b.open()
      b.service.before = ({ path }) => (path.endsWith('/content') ? page(CONTENT) : undefined)
      expect((await b.run(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK)))).equals(CONTENT)).toBe(true)
    })
  })

  it('with fewer bytes than expected is complete only if the service staged no more', async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    const fetched = () => b.run(collect(fetchBytes(session, 'C:\\x.bin', {}, { ...WORK, least: CONTENT.length + 1 })))
    expect(await fetched()).toHaveLength(CONTENT.length)
    b.service.before = ({ path }) => (path.endsWith('/content') ? { status: 200, body: CONTENT.subarray(1) } : undefined)
    expect(await b.run(failure(fetched()))).toMatchObject({ code: 'network', message: 'C:\\x.bin: the answer was cut short' })
  })

  it("deletes the cloud's copy when the reader stops", async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    const readOne = async () => {
      for await (const _ of fetchBytes(session, 'C:\\x.bin', {}, WORK)) break
    }
    await b.run(readOne())
    expect(b.service.staged).toEqual([])
  })

  it("deletes the cloud's copy when the download fails", async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    b.service.before = ({ path }) => (path.endsWith('/content') ? { status: 403, body: { message: 'no' } } : undefined)
    expect(await b.run(failure(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK))))).toMatchObject({
      code: 'auth',
      message: 'C:\\x.bin: no',
    })
    expect(b.service.staged).toEqual([])
  })

  it("deletes the cloud's copy when it is interrupted while the endpoint still sends", async () => {
    const b = endpoint({ bytes: CONTENT, takes: 60_000, namesEarly: true })
    const session = await b.open()
    const thrown = await abortedWhen(
      b,
      signal => failure(collect(fetchBytes(session, 'C:\\x.bin', {}, { ...WORK, signal }))),
      () => b.service.seen.length > 6,
      interrupted(),
    )
    expect(thrown).toMatchObject({ code: 'interrupted' })
    expect(b.service.staged).toEqual([])
    expect(b.clock.sleeping).toBe(0)
  })

  it("does not report a cloud's copy that cannot be deleted", async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    b.service.before = ({ method }) => (method === 'DELETE' ? { status: 403 } : undefined)
    expect((await b.run(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK)))).length).toBe(CONTENT.length)
  })

  it('fails as the endpoint does', async () => {
    const b = endpoint({})
    const session = await b.open()
    expect(await b.run(failure(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK))))).toMatchObject({
      code: 'not_found',
      message: 'C:\\x.bin: no such file or directory (0x80070002)',
      facts: { device_id: DEVICE },
    })
  })

  it('fails when the service names no file', async () => {
    const b = bench({ run: () => ({ result: { file_details: { file_id: '' } } }) })
    expect(await b.run(failure(collect(fetchBytes(await b.open(), 'C:\\x.bin', {}, WORK))))).toMatchObject({
      code: 'network',
      message: expect.stringMatching(/names no file/),
    })
  })

  it('is planned in a dry run', async () => {
    const b = endpoint({ bytes: CONTENT })
    const plan: unknown[] = []
    const session = (await b.open()).planned(step => {
      plan.push(step)
    })
    await expect(b.run(collect(fetchBytes(session, 'C:\\x.bin', {}, WORK)))).rejects.toThrow(Planned)
    expect([plan, b.requests]).toEqual([[{ name: 'get file', path: 'C:\\x.bin' }], []])
  })
})

describe('downloading', () => {
  it('writes the file, checks its size, and saves it with its time', async () => {
    const b = endpoint({ bytes: CONTENT })
    const { file, fate, content } = target()
    expect(await b.run(download(await b.open(), 'C:\\x.bin', file, { size: CONTENT.length, modified: 1_633_641_186_000 }, WORK))).toEqual({
      size: CONTENT.length,
      sha256: SHA256,
    })
    expect(fate).toEqual([['commit', 1_633_641_186_000]])
    expect(content().equals(CONTENT)).toBe(true)
    // Nothing is asked twice.
    expect([b.service.issued, b.service.calls.filter(call => call.includes('/files/')).map(call => call.replace(/ .*files/, ''))]).toEqual([
      ['get file'],
      ['GET/file-2/content', 'DELETE/file-2'],
    ])
  })

  it('of an empty file', async () => {
    const b = endpoint({ bytes: Buffer.alloc(0) })
    const { file, fate } = target()
    expect(await b.run(download(await b.open(), 'C:\\x.bin', file, { size: 0 }, WORK))).toEqual({
      size: 0,
      sha256: createHash('sha256').digest('hex'),
    })
    expect(fate).toEqual([['commit', undefined]])
  })

  it.each([
    ['shorter', CONTENT.length + 1],
    ['longer, as files of /proc are', 0],
  ])(
    'of a file that is %s than listed is complete once all that the service staged has arrived, and reports the difference',
    async (_, listed) => {
      const b = endpoint({ bytes: CONTENT, listed })
      const { file, fate } = target()
      expect(await b.run(download(await b.open(), 'C:\\x.bin', file, { size: listed }, WORK))).toMatchObject({ size: CONTENT.length })
      expect(fate).toEqual([['commit', undefined]])
      expect(b.notices).toEqual([`C:\\x.bin: 100000 bytes came, where the endpoint had listed ${listed}`])
      expect(b.service.staged).toEqual([])
    },
  )

  it('with fewer bytes than the service staged fails, and discards them', async () => {
    const b = endpoint({ bytes: CONTENT })
    b.service.before = ({ path }) => (path.endsWith('/content') ? { status: 200, body: CONTENT.subarray(1) } : undefined)
    const { file, fate } = target()
    expect(await b.run(failure(download(await b.open(), 'C:\\x.bin', file, { size: CONTENT.length }, WORK)))).toMatchObject({
      code: 'network',
      message: 'C:\\x.bin: got 99999 of 100000 bytes',
      facts: { device_id: DEVICE },
    })
    expect(fate).toEqual(['discard'])
  })

  it('of a file that grew meanwhile saves it at its current size', async () => {
    const b = endpoint({ bytes: CONTENT })
    const { file, fate } = target()
    expect(await b.run(download(await b.open(), 'C:\\x.bin', file, { size: 10 }, WORK))).toMatchObject({ size: CONTENT.length })
    expect(fate).toEqual([['commit', undefined]])
  })

  it('that is cut short discards what arrived', async () => {
    const b = endpoint({ bytes: CONTENT })
    const session = await b.open()
    const { file, fate } = target(() => {
      throw new CbcError('io', '/here/x.bin: no space left on this disk')
    })
    expect(await b.run(failure(download(session, 'C:\\x.bin', file, { size: CONTENT.length }, WORK)))).toMatchObject({ code: 'io' })
    expect(fate).toEqual(['discard'])
    expect(b.service.staged).toEqual([])
  })

  it('that is interrupted discards what arrived', async () => {
    const b = endpoint({ bytes: CONTENT, takes: 60_000 })
    const session = await b.open()
    const { file, fate } = target()
    await abortedWhen(
      b,
      signal => failure(download(session, 'C:\\x.bin', file, { size: CONTENT.length }, { ...WORK, signal })),
      () => b.service.seen.length > 6,
      interrupted(),
    )
    expect(fate).toEqual(['discard'])
  })

  it('shows its progress', async () => {
    const b = endpoint({ bytes: CONTENT })
    const shown: unknown[] = []
    const progress = {
      ...SILENT,
      step: (...step: unknown[]) => {
        shown.push(step)
      },
      at: (done: number) => {
        shown.push(done)
      },
      end: () => {
        shown.push('end')
      },
    }
    await b.run(download(await b.open(), 'C:\\x.bin', target().file, { size: CONTENT.length }, { signal: NEVER, progress }))
    expect(shown).toEqual([['Reading x.bin on WIN-FIN-01'], ['x.bin', CONTENT.length], CONTENT.length, 'end', 'end'])
  })
})

describe('endless content', () => {
  const CHUNK = 50_000
  /** An endpoint with an endless file. @returns the bytes that were sent of it */
  function endless(disk: Disk, saysSize = true) {
    const b = endpoint(disk)
    const sent = { bytes: 0 }
    const forever = async function* () {
      for (; sent.bytes < 100 * MARGIN_BYTES; sent.bytes += CHUNK) yield Buffer.alloc(CHUNK)
    }
    b.service.before = ({ method, path }) => {
      if (path.endsWith('/content')) return { status: 200, body: forever() }
      return !saysSize && method === 'GET' && /\/files\/[^/]+$/.test(path) ? { status: 403 } : undefined
    }
    return { ...b, sent }
  }

  it.each([
    ['as much as is listed', CONTENT.length],
    ['more than is listed', 10],
    ['a file of /proc', 0],
  ])('ends a download at the size that the service staged, once, with nothing saved: %s', async (_, listed) => {
    const b = endless({ bytes: CONTENT, listed })
    const { file, fate } = target()
    const kept: unknown[] = []
    const thrown = await b.run(
      failure(
        download(
          await b.open(),
          'C:\\x.bin',
          {
            ...file,
            keep: async () => {
              kept.push('keep')
            },
          },
          { size: listed },
          WORK,
        ),
      ),
    )
    expect(thrown).toMatchObject({
      code: 'network',
      message: "C:\\x.bin: the service's answer does not end: it is longer than the 100000 bytes that were announced",
    })
    expect([fate, kept, b.sent.bytes]).toEqual([['discard'], [], CONTENT.length])
    expect(b.service.staged).toEqual([])
  })

  it.each([
    [CONTENT.length, CONTENT.length + MARGIN_BYTES],
    [20 * MARGIN_BYTES, 22 * MARGIN_BYTES],
  ])('ends a download of %i bytes at %i when the service does not say what it staged', async (listed, most) => {
    const b = endless({ bytes: CONTENT, listed }, false)
    const { file, fate, content } = target()
    expect(await b.run(failure(download(await b.open(), 'C:\\x.bin', file, { size: listed }, WORK)))).toMatchObject({
      code: 'network',
      message: expect.stringContaining(`longer than the ${most} bytes`),
    })
    expect([fate, content().length > most - CHUNK, content().length <= most]).toEqual([['discard'], true, true])
  })

  it('of a file without a listed size ends within a mebibyte of what the service staged', async () => {
    const b = endless({ bytes: CONTENT })
    expect(await b.run(failure(collect(fetchBytes(await b.open(), 'C:\\x.bin', {}, WORK))))).toMatchObject({
      code: 'network',
      message: expect.stringContaining('longer than the 100000 bytes'),
    })
    expect(b.sent.bytes).toBeLessThanOrEqual(MARGIN_BYTES)
    expect(b.service.staged).toEqual([])
  })
})

describe('uploading', () => {
  it("stages the file, puts it, checks its size, and deletes the cloud's copy", async () => {
    const b = endpoint({})
    const session = await b.open()
    expect(await b.run(upload(session, source(CONTENT), 'C:\\x.bin', WORK))).toEqual({ size: CONTENT.length, sha256: SHA256 })
    expect(b.requests.map(({ name }) => name)).toEqual(['put file', 'directory list'])
    expect(b.requests[0]).toEqual({ name: 'put file', path: 'C:\\x.bin', file_id: expect.stringMatching(/^file-/) })
    expect(b.service.seen.find(({ path }) => path.endsWith('/files'))?.body).toMatchObject([
      { name: 'file', filename: 'cbc-uuid-1-x.bin', bytes: CONTENT },
    ])
    expect(b.service.staged).toEqual([])
  })

  it('that arrives with another size fails', async () => {
    const b = endpoint({ listed: 5 })
    expect(await b.run(failure(upload(await b.open(), source(CONTENT), 'C:\\x.bin', WORK)))).toMatchObject({
      code: 'remote',
      message: 'C:\\x.bin: has 5 bytes on the endpoint, 100000 were sent',
      facts: { device_id: DEVICE },
    })
    expect(b.service.staged).toEqual([])
  })

  it('that does not arrive fails', async () => {
    const b = endpoint({ put: {} })
    expect(await b.run(failure(upload(await b.open(), source(CONTENT), 'C:\\x.bin', WORK)))).toMatchObject({
      code: 'remote',
      message: expect.stringMatching(/has no bytes on the endpoint/),
    })
  })

  it("that the endpoint refuses deletes the cloud's copy", async () => {
    const b = endpoint({ put: { result_code: 2147942512 } })
    expect(await b.run(failure(upload(await b.open(), source(CONTENT), 'C:\\x.bin', WORK)))).toMatchObject({
      code: 'remote',
      message: "C:\\x.bin: the endpoint's disk is full (0x80070070)",
    })
    expect(b.service.staged).toEqual([])
  })

  it("that is interrupted deletes the cloud's copy", async () => {
    const b = endpoint({ takes: 60_000 })
    const session = await b.open()
    const thrown = await abortedWhen(
      b,
      signal => failure(upload(session, source(CONTENT), 'C:\\x.bin', { ...WORK, signal })),
      () => b.service.issued.length === 1 && b.service.seen.length > 8,
      interrupted(),
    )
    expect(thrown).toMatchObject({ code: 'interrupted' })
    expect(b.service.staged).toEqual([])
    expect(b.clock.sleeping).toBe(0)
  })

  it('that is interrupted before the answer came says that nothing was written, and where its copy may be', async () => {
    const b = endpoint({})
    const session = await b.open()
    const controller = new AbortController()
    b.service.before = ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/files')) return undefined
      controller.abort(interrupted())
      return new CbcError('network', 'the connection was dropped')
    }
    expect(await b.run(failure(upload(session, source(CONTENT), 'C:\\x.bin', { ...WORK, signal: controller.signal })))).toMatchObject({
      code: 'interrupted',
      facts: { hint: `nothing was written on WIN-FIN-01; a copy in the cloud goes with its session: \`cbc lr file list ${DEVICE}\`` },
    })
    expect(b.requests).toEqual([])
  })

  it.each(['lost', 'used up'])('whose session is %s before the file is put stages it again in the next one', async how => {
    const b = endpoint({})
    const session = await b.open()
    const first = session.id
    let staged = 0
    b.service.before = ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/files') || staged++ > 0) return undefined
      return { status: 201, body: { id: 'of-the-first-session', size: 1, file_name: 'x.bin' } }
    }
    const file = source(CONTENT)
    if (how === 'used up') {
      for (let n = 0; n < 250; n++) await b.run(session.issue({ name: 'process list' }, WORK))
    } else {
      b.service.before = (before => seen => {
        const own = before(seen)
        if (own !== undefined) b.service.lose(first)
        return own
      })(b.service.before)
    }
    expect(await b.run(upload(session, file, 'C:\\x.bin', WORK))).toEqual({ size: CONTENT.length, sha256: SHA256 })
    expect(session.id).not.toBe(first)
    expect(file.opened).toBe(2)
    expect(b.service.calls).toContain(`DELETE /sessions/${first}/files/of-the-first-session`)
    expect(b.service.staged).toEqual([])
    // The first session's staged file was never put in the second.
    expect(b.requests.filter(({ name }) => name === 'put file')).toEqual([
      { name: 'put file', path: 'C:\\x.bin', file_id: expect.stringMatching(/^file-/) },
    ])
  })

  it('that is refused by the rate limit starts over, and hashes the file once', async () => {
    const b = endpoint({})
    const session = await b.open()
    let refused = 0
    b.service.before = ({ path }) =>
      path.endsWith('/files') && refused++ === 0 ? { status: 429, headers: { 'retry-after': '0' } } : undefined
    const file = source(CONTENT)
    expect(await b.run(upload(session, file, 'C:\\x.bin', WORK))).toEqual({ size: CONTENT.length, sha256: SHA256 })
    expect(file.opened).toBe(2)
  })

  it('is planned in a dry run', async () => {
    const b = endpoint({})
    const plan: unknown[] = []
    const session = (await b.open()).planned(step => {
      plan.push(step)
    })
    await expect(upload(session, source(CONTENT), 'C:\\x.bin', WORK)).rejects.toThrow(Planned)
    expect(plan).toEqual([
      { upload: '/here/x.bin', size: CONTENT.length },
      { name: 'put file', path: 'C:\\x.bin', file_id: null },
    ])
    expect(b.service.issued).toEqual([])
  })
})
