import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { FileStore } from '../../src/core/file-store.ts'
import { networkTransport } from '../../src/host/transport.ts'
import { openStore } from '../../src/evidence-store/open-store.ts'
import { HOSTILE_TEXTS } from '../support/hostile.ts'
import { HurriedClock } from '../support/hurried-clock.ts'
import { testHost } from '../support/host.ts'
import { s3Server, type S3Fault, type S3Options, type S3Request, type S3Server } from '../support/s3-server.ts'

const NEVER = new AbortController().signal
const PART_BYTES = 64 * 1024
const LARGE = randomBytes(PART_BYTES + 1)

const opened: FileStore[] = []
afterAll(() => opened.splice(0).forEach(store => store.close()))

async function open(server: Pick<S3Server, 'env'>, where = 's3://evidence/cases/7', env: Record<string, string> = {}): Promise<FileStore> {
  const host = testHost({
    env: { HOME: '/nowhere', ...server.env, ...env },
    clock: new HurriedClock(),
    network: settings => networkTransport(settings),
  })
  const store = await openStore(where, host, { signal: NEVER, partBytes: PART_BYTES })
  opened.push(store)
  return store
}

/** Stores bytes as a device's file. @returns where it is */
async function put(store: FileStore, name: string, bytes: Uint8Array, signal = NEVER): Promise<string> {
  const target = await store.open('run', 'WIN-1', signal).local.create('', name, false)
  try {
    for (let at = 0; at < bytes.length; at += 10_007) await target.write(bytes.subarray(at, at + 10_007))
    await target.commit()
    return target.path
  } catch (error) {
    await target.discard()
    throw error
  }
}

/** A fault of the first request that fits. */
function once(method: string, path: RegExp, fault: S3Fault): NonNullable<S3Options['fault']> {
  let over = false
  return request => {
    if (over || request.method !== method || !path.test(request.path)) return undefined
    over = true
    return fault
  }
}

const key = (name: string) => `cases/7/run/WIN-1/${name}`
const ofParts = ({ path }: S3Request) => path.includes('partNumber=')

describe('a store in a bucket', () => {
  it('takes a small file in one request and a large one in parts, each with its SHA-256', async () => {
    const server = await s3Server({ sessionToken: 'a+session/token==' })
    const store = await open(server)
    expect(await put(store, 'a.txt', Buffer.from('abc'))).toBe(`s3://evidence/${key('a.txt')}`)
    expect(await put(store, 'empty', Buffer.alloc(0))).toBe(`s3://evidence/${key('empty')}`)
    await put(store, 'large', LARGE)
    expect(server.objects.get(key('a.txt'))?.bytes.toString()).toBe('abc')
    expect(server.objects.get(key('large'))?.bytes.equals(LARGE)).toBe(true)
    expect(server.objects.get(key('large'))?.checksum).toMatch(/-2$/)
    expect(server.requests.filter(ofParts).map(({ body }) => body.length)).toEqual([PART_BYTES, 1])
    expect(server.uploads.size).toBe(0)
  })

  it('a file that fills its part to the last byte is one request', async () => {
    const server = await s3Server()
    await put(await open(server), 'full', LARGE.subarray(1))
    expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'PUT'])
  })

  it('signs whatever an endpoint calls its files', async () => {
    const server = await s3Server()
    const store = await open(server)
    const name = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS, 'a+b c%2Fd&e=f', "it's (1)!*.txt", '~$x#y?z'), fc.string())
    await fc.assert(
      fc.asyncProperty(name, async wanted => {
        await put(store, wanted, Buffer.from(wanted))
      }),
      { numRuns: 60 },
    )
    expect(server.objects.size).toBeGreaterThan(20)
  })

  it('never overwrites: the same bytes are known again by their checksum, other bytes get another name', async () => {
    const server = await s3Server()
    const store = await open(server)
    const at = []
    for (const bytes of [LARGE, LARGE, Buffer.from('small'), Buffer.from('small')]) at.push(await put(store, 'x.log', bytes))
    expect(at.map(path => path.slice('s3://evidence/'.length))).toEqual(['x.log', 'x.log', 'x (2).log', 'x (2).log'].map(key))
    expect(server.uploads.size).toBe(0)
  })

  it('writes nothing over what somebody else stored in the meantime', async () => {
    for (const bytes of [LARGE, Buffer.from('small')]) {
      const server: S3Server = await s3Server()
      const target = await (await open(server)).open('run', 'WIN-1', NEVER).local.create('', 'a', false)
      await target.write(bytes)
      server.objects.set(key('a'), { bytes: Buffer.from('theirs'), checksum: '', headers: {} })
      await expect(target.commit()).rejects.toMatchObject({ code: 'refused' })
      await target.discard()
      expect(server.objects.get(key('a'))?.bytes.toString()).toBe('theirs')
      expect(server.uploads.size).toBe(0)
    }
  })

  it.each<[string, Buffer, string, RegExp, S3Fault]>([
    ['the answer about an object', Buffer.from('abc'), 'PUT', /run/, { drop: 'after' }],
    ['the answer about a part', LARGE, 'PUT', /partNumber=1/, { drop: 'after' }],
    ['a part', LARGE, 'PUT', /partNumber=2/, { drop: 'before' }],
    ['the answer about the whole', LARGE, 'POST', /uploadId=/, { drop: 'after' }],
  ])('a connection that is dropped with %s leaves one whole object', async (_what, bytes, method, path, fault) => {
    const server = await s3Server({ fault: once(method, path, fault) })
    expect(await put(await open(server), 'a', bytes)).toBe(`s3://evidence/${key('a')}`)
    expect([...server.objects.keys()]).toEqual([key('a')])
    expect(server.objects.get(key('a'))?.bytes.equals(bytes)).toBe(true)
    expect(server.uploads.size).toBe(0)
  })

  it.each<[string, S3Fault]>([
    ['is overloaded', { status: 503, code: 'SlowDown' }],
    ['fails', { status: 500, code: 'InternalError' }],
    ['fails after it had begun to answer', { lateError: 'InternalError' }],
    ['is busy with the same object', { status: 409, code: 'ConditionalRequestConflict' }],
  ])('asks again where the service %s', async (_what, fault) => {
    const server = await s3Server({ fault: once('POST', /uploadId=/, fault) })
    await put(await open(server), 'a', LARGE)
    expect(server.objects.get(key('a'))?.bytes.equals(LARGE)).toBe(true)
  })

  it('gives up on a service that keeps failing, says what failed, and leaves no parts behind', async () => {
    const server = await s3Server({ fault: ({ path }) => (path.includes('partNumber=2') ? { status: 503, code: 'SlowDown' } : undefined) })
    await expect(put(await open(server), 'a', LARGE)).rejects.toMatchObject({
      code: 'io',
      message: `sending part 2 of s3://evidence/${key('a')}: a fault (SlowDown)`,
    })
    expect([server.objects.size, server.uploads.size]).toEqual([0, 0])
  })

  it('an upload that is ended in the middle leaves neither an object nor parts', async () => {
    const ending = new AbortController()
    const server = await s3Server({
      fault: ({ path }) => {
        if (path.includes('partNumber=2')) ending.abort(new Error('ended'))
        return undefined
      },
    })
    await expect(put(await open(server), 'a', LARGE, ending.signal)).rejects.toThrow('ended')
    expect([server.objects.size, server.uploads.size]).toEqual([0, 0])
  })

  it('finds the region that the bucket is in', async () => {
    const server = await s3Server({ region: 'ap-southeast-2' })
    await put(await open(server, 's3://evidence', { AWS_REGION: 'us-east-1' }), 'a', Buffer.from('abc'))
    expect([...server.objects.keys()]).toEqual(['run/WIN-1/a'])
    expect(server.requests.filter(({ headers }) => headers['authorization']?.includes('us-east-1'))).toHaveLength(1)
  })

  it('goes to no other server that a redirect names', async () => {
    const server = await s3Server({ fault: once('PUT', /run/, { status: 307, headers: { location: 'https://elsewhere.example/x' } }) })
    await expect(put(await open(server), 'a', Buffer.from('abc'))).rejects.toMatchObject({
      message: expect.stringMatching(/redirected to elsewhere\.example, which is refused$/) as string,
    })
  })

  it('locks objects where that is asked for', async () => {
    const server = await s3Server({ lock: true })
    const store = await open(server, 's3://evidence/cases/7?lock=compliance&days=30&legal-hold=on')
    await put(store, 'small', Buffer.from('abc'))
    await put(store, 'large', LARGE)
    for (const name of ['small', 'large'])
      expect(server.objects.get(key(name))?.headers).toMatchObject({
        'x-amz-object-lock-mode': 'COMPLIANCE',
        'x-amz-object-lock-retain-until-date': expect.stringMatching(/^20\d\d-/) as string,
        'x-amz-object-lock-legal-hold': 'ON',
      })
  })

  it.each<[string, S3Options, string, string, RegExp]>([
    ['there is no such bucket', {}, 's3://other', 'not_found', /^s3:\/\/other: there is no such bucket$/],
    ['the secret is wrong', { secretAccessKey: 'another-secret' }, 's3://evidence', 'auth', /^s3:\/\/evidence: Forbidden$/],
    ['the bucket has no object lock', {}, 's3://evidence?lock=GOVERNANCE&days=1', 'usage', /object lock is not enabled/],
  ])('says at once that %s', async (_what, options, where, code, message) => {
    const server = await s3Server(options)
    const secret = options.secretAccessKey === undefined ? {} : { AWS_SECRET_ACCESS_KEY: 'wrong' }
    await expect(open(server, where, secret)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string })
  })

  it('shows no secret, even where the service quotes it', async () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG'
    const server = await s3Server({ secretAccessKey: secret, fault: once('PUT', /run/, { status: 400, code: `no ${secret}` }) })
    await expect(put(await open(server), 'a', Buffer.from('abc'))).rejects.toMatchObject({
      message: expect.stringMatching(/: a fault \(no \[secret\]\)$/) as string,
    })
  })
})
