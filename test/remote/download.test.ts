import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CommandRequest } from '../../src/api/live-response.ts'
import { interrupted } from '../../src/core/errors.ts'
import { SILENT } from '../../src/core/ports.ts'
import { download } from '../../src/remote/download.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { failure } from '../api/support.ts'
import type { FakeService } from '../support/service.ts'
import { testFolder } from '../support/folder.ts'
import { abortedWhen, bench, NEVER } from './support.ts'

const CONTENT = randomBytes(200_000)
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')
const BLOCK = 65_536
const TIME = Date.UTC(2020, 0, 1)
const WORK = { signal: NEVER, progress: SILENT }

let folder = ''
beforeEach(() => {
  folder = testFolder()
})
const at = (name: string) => join(folder, name)

function endpoint(bytes = CONTENT) {
  const requests: CommandRequest[] = []
  const b = bench({
    run(request: CommandRequest, service: FakeService) {
      requests.push(request)
      if (request.name !== 'get file')
        return { result: { files: [{ filename: 'x', size: bytes.length, last_write_time: '2020-01-01T00:00:00Z' }] } }
      const { offset = 0 } = request
      return { result: { file_details: { file_id: service.stage(bytes.subarray(offset)), offset } } }
    },
  })
  const get = async (resume: boolean, signal = NEVER) => {
    const target = await localFiles.create(at('x'), '', false, resume)
    return await download(await b.open(), 'C:\\x', target, { size: bytes.length, modified: Date.UTC(2020, 0, 1) }, { ...WORK, signal })
  }
  /** Cuts the service's answer after `size` bytes, once, or permanently (`down`). */
  const cutAt = (size: number, down = true) => {
    let cut = false
    b.service.before = ({ path }) => {
      if (!path.endsWith('/content')) return undefined
      if (cut) return down ? { status: 503 } : undefined
      cut = true
      const whole = [...b.service.last.files.values()].at(-1)?.bytes ?? Buffer.alloc(0)
      return {
        status: 200,
        body: (async function* () {
          yield whole.subarray(0, size)
          throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
        })(),
      }
    }
  }
  return { ...b, requests, get, cutAt }
}

describe('a download that is cut off', () => {
  it('keeps what arrived and can be resumed at any byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: CONTENT.length - 1 }), async size => {
        for (const name of ['x', 'x.part']) rmSync(at(name), { force: true })
        const b = endpoint()
        b.cutAt(size)
        await b.run(failure(b.get(false)))
        expect(readFileSync(at('x.part')).equals(CONTENT.subarray(0, size))).toBe(true)
        expect(existsSync(at('x'))).toBe(false)
        b.service.before = undefined
        expect(await b.run(b.get(true))).toEqual({ size: CONTENT.length, sha256: SHA256 })
        expect(readFileSync(at('x')).equals(CONTENT)).toBe(true)
        expect(statSync(at('x')).mtimeMs).toBe(Date.UTC(2020, 0, 1))
        const offsets = b.requests.flatMap(request => (request.name === 'get file' ? [request.offset ?? 0] : []))
        expect([offsets[0], ...offsets.slice(-2)]).toEqual([0, Math.max(0, size - BLOCK), size])
      }),
      { numRuns: 15 },
    )
  })

  it('continues automatically when it is cut off once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: CONTENT.length }), async size => {
        const b = endpoint()
        b.cutAt(size, false)
        expect(await b.run(b.get(false))).toEqual({ size: CONTENT.length, sha256: SHA256 })
        expect(readFileSync(at('x')).equals(CONTENT)).toBe(true)
        rmSync(at('x'))
      }),
      { numRuns: 15 },
    )
  })

  it('again and again continues with what is missing, and fetches no byte of the file twice', async () => {
    const b = endpoint()
    const sizes = [70_000, 70_000, 70_000, 0, 140_000]
    b.service.before = ({ path }) => {
      const size = path.endsWith('/content') ? sizes.shift() : undefined
      if (size === undefined) return undefined
      const whole = [...b.service.last.files.values()].at(-1)?.bytes ?? Buffer.alloc(0)
      return {
        status: 200,
        body: (async function* () {
          yield whole.subarray(0, size)
          throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
        })(),
      }
    }
    expect(await b.run(b.get(false))).toEqual({ size: CONTENT.length, sha256: SHA256 })
    expect(b.requests.flatMap(request => (request.name === 'get file' ? [request.offset ?? 0] : []))).toEqual([0, 70_000])
  })

  it('after its last byte is complete: only its end is compared', async () => {
    writeFileSync(at('x.part'), CONTENT, { mode: 0o600 })
    utimesSync(at('x.part'), TIME / 1000, TIME / 1000)
    const b = endpoint()
    expect(await b.run(b.get(true))).toEqual({ size: CONTENT.length, sha256: SHA256 })
    expect(b.requests.filter(({ name }) => name === 'get file')).toEqual([
      expect.objectContaining({ offset: CONTENT.length - BLOCK, count: BLOCK }),
    ])
  })

  it('leaves nothing when no byte arrived', async () => {
    const b = endpoint()
    b.cutAt(0)
    await b.run(failure(b.get(false)))
    expect(existsSync(at('x.part'))).toBe(false)
  })

  it('starts over when the partial file belongs to another file with the same time, or is longer', async () => {
    for (const left of [randomBytes(1000), randomBytes(CONTENT.length + 1), Buffer.concat([CONTENT.subarray(0, 5000), Buffer.from('x')])]) {
      writeFileSync(at('x.part'), left, { mode: 0o600 })
      utimesSync(at('x.part'), TIME / 1000, TIME / 1000)
      const b = endpoint()
      expect(await b.run(b.get(true))).toEqual({ size: CONTENT.length, sha256: SHA256 })
      expect(readFileSync(at('x')).equals(CONTENT)).toBe(true)
      rmSync(at('x'))
    }
  })

  it.each([
    [false, true],
    [true, false],
  ])('and given up keeps what arrived for resuming, unless nothing is to be kept: %s', async (noKeep, stays) => {
    const b = endpoint()
    let came = false
    b.service.before = ({ path }) =>
      path.endsWith('/content')
        ? {
            status: 200,
            body: (async function* () {
              yield CONTENT.subarray(0, 70_000)
              came = true
              await b.clock.sleep(10 ** 6)
            })(),
          }
        : undefined
    let kept = 0
    const session = await b.open()
    const target = await localFiles.create(at('x'), '', false)
    const work = (signal: AbortSignal) =>
      failure(
        download(
          session,
          'C:\\x',
          target,
          { size: CONTENT.length, modified: TIME },
          {
            ...WORK,
            signal,
            noKeep,
            kept: () => {
              kept += 1
            },
          },
        ),
      )
    expect(await abortedWhen(b, work, () => came, interrupted())).toMatchObject({ code: 'interrupted' })
    expect([existsSync(at('x.part')), kept, existsSync(at('x'))]).toEqual([stays, stays ? 1 : 0, false])
    if (!stays) return
    b.service.before = undefined
    expect(await b.run(b.get(true))).toEqual({ size: CONTENT.length, sha256: SHA256 })
    expect(b.requests).toContainEqual(expect.objectContaining({ name: 'get file', offset: 70_000 }))
  })

  it('keeps the partial file when a resumed run is interrupted, and leaves nothing when no byte arrived', async () => {
    for (const resume of [true, false]) {
      writeFileSync(at('x.part'), CONTENT.subarray(0, 1000), { mode: 0o600 })
      utimesSync(at('x.part'), TIME / 1000, TIME / 1000)
      const b = endpoint()
      const holding = async () => {
        await b.clock.sleep(10 ** 6)
        return undefined
      }
      b.service.before = ({ path }) => (path.endsWith('/content') ? holding() : undefined)
      const thrown = await abortedWhen(
        b,
        signal => failure(b.get(resume, signal)),
        () => b.service.calls.some(call => call.endsWith('/content')),
        interrupted(),
      )
      expect(thrown).toMatchObject({ code: 'interrupted' })
      expect(existsSync(at('x.part'))).toBe(resume)
    }
  })
})

/** Equal in the middle, but different at its beginning and end: only its time distinguishes it from the first. */
const OTHER = Buffer.concat([randomBytes(50_000), CONTENT.subarray(50_000, 150_000), randomBytes(50_000)])

describe('a file that has changed is downloaded from the beginning, with a message,', () => {
  it.each([
    ['has another time', TIME + 1000],
    ['has no known time'],
    ['is of a file of another size', TIME, { size: OTHER.length + 1, modified: TIME }],
    ['is of a file of another time', TIME, { size: OTHER.length, modified: TIME + 1000 }],
  ])('when what an earlier run left %s', async (_, time?: number, noted?: object) => {
    const size = 140_000
    writeFileSync(at('x.part'), CONTENT.subarray(0, size), { mode: 0o600 })
    if (time !== undefined) utimesSync(at('x.part'), time / 1000, time / 1000)
    if (noted !== undefined) writeFileSync(at('x.part.json'), JSON.stringify(noted))
    const b = endpoint(OTHER)
    await b.run(b.get(true))
    expect(readFileSync(at('x')).equals(OTHER)).toBe(true)
    expect(b.notices).toEqual([
      'C:\\x: what an earlier run left is not the beginning of the file as it is now; it is downloaded from the beginning',
    ])
  })

  it.each(['a cut', 'the end'])('when it changes before %s', async when => {
    let listed = '2020-01-01T00:00:00Z'
    let bytes = CONTENT
    const change = () => {
      ;[listed, bytes] = ['2020-01-02T00:00:00Z', OTHER]
    }
    const b = bench({
      run(request: CommandRequest, service: FakeService) {
        if (request.name !== 'get file') return { result: { files: [{ filename: 'x', size: bytes.length, last_write_time: listed }] } }
        const { offset = 0 } = request
        const staged = { result: { file_details: { file_id: service.stage(bytes.subarray(offset)), offset } } }
        if (when === 'the end' && offset > 0 && bytes === CONTENT) change()
        return staged
      },
    })
    writeFileSync(at('x.part'), CONTENT.subarray(0, 140_000), { mode: 0o600 })
    utimesSync(at('x.part'), TIME / 1000, TIME / 1000)
    const session = await b.open()
    if (when === 'a cut') {
      b.service.before = ({ path }) => {
        if (!path.endsWith('/content') || bytes !== CONTENT) return undefined
        change()
        return {
          status: 200,
          body: (async function* () {
            yield CONTENT.subarray(140_000 - BLOCK, 140_000)
            throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
          })(),
        }
      }
    }
    const get = async () =>
      await download(session, 'C:\\x', await localFiles.create(at('x'), '', false, true), { size: CONTENT.length, modified: TIME }, WORK)
    await b.run(get())
    expect([readFileSync(at('x')).equals(OTHER), statSync(at('x')).mtimeMs]).toEqual([true, Date.UTC(2020, 0, 2)])
    expect(b.notices.join('\n')).toContain('it is downloaded from the beginning')
  })
})

it('records the time and size of the file with the partial data so that a killed run can be resumed, and says when it resumes', async () => {
  const b = endpoint()
  b.cutAt(1000)
  await b.run(failure(b.get(false)))
  expect(readFileSync(at('x.part.json'), 'utf8')).toBe(`{"size":${CONTENT.length},"modified":${TIME}}\n`)
  b.service.before = undefined
  await b.run(b.get(true))
  expect(b.notices).toEqual([
    'C:\\x: the first 1000 bytes are from an earlier run, when the file had the same time and size; the last 1000 of them were compared',
  ])
  expect(readdirSync(at('.'))).toEqual(['x'])
})

it('continues in another session when its own ends before the bytes arrive', async () => {
  const b = endpoint()
  let lost = 0
  b.service.before = ({ path }) => {
    if (path.endsWith('/content') && lost++ === 0) b.service.lose(b.service.last.session.id)
    return undefined
  }
  expect(await b.run(b.get(false))).toEqual({ size: CONTENT.length, sha256: SHA256 })
  expect(b.notices).toHaveLength(1)
})
