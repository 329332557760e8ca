import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Content } from '../../../src/lab/endpoint.ts'
import { answerOf, gate, TestLab, TOKEN } from './support.ts'

const labs: TestLab[] = []
function open(): TestLab {
  const test = new TestLab()
  labs.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(labs.splice(0).map(({ lab }) => lab.close()))
})

const ID = /^[0-9a-f-]{36}$/
const BOUNDARY = '----boundary'

/** Uploads a raw body in pieces of `size` bytes. */
async function uploadRaw(
  test: TestLab,
  session: string,
  body: string | Buffer,
  type = `multipart/form-data; boundary=${BOUNDARY}`,
  size = 7,
) {
  const bytes = Buffer.from(body)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
  return answerOf(
    await test.lab.handle(
      new Request(`http://lab${session}/files`, {
        method: 'POST',
        headers: { 'X-Auth-Token': TOKEN, 'Content-Type': type },
        body: ReadableStream.from(pieces),
        duplex: 'half',
      }),
    ),
  )
}

const part = (disposition: string, content: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: text/plain\r\n\r\n${content}\r\n`
const END = `--${BOUNDARY}--\r\n`

describe('an uploaded file', () => {
  it('has metadata and content until it is deleted', async () => {
    const test = open()
    const session = await test.session()
    const file = await test.upload(session, 'example_file.txt', 'Hello!')
    expect(file).toEqual({ id: expect.stringMatching(ID), size: 6, file_name: 'example_file.txt', size_fileed: 6, upload_url: null })
    const path = `${session}/files/${String(file['id'])}`
    expect((await test.send('GET', path)).body).toEqual(file)
    expect(JSON.parse((await test.send('GET', `${session}/files`)).text)).toEqual([file])
    const content = await test.send('GET', `${path}/content`)
    expect([content.text, content.headers.get('content-type'), content.headers.get('content-length')]).toEqual([
      'Hello!',
      'application/octet-stream',
      '6',
    ])
    expect((await test.send('DELETE', path)).status).toBe(204)
    for (const gone of [path, `${path}/content`]) expect((await test.send('GET', gone)).status).toBe(404)
    expect((await test.send('DELETE', path)).status).toBe(404)
    expect((await test.send('GET', `${session}/files`)).text).toBe('[]')
  })

  it('is sent to the endpoint by put file', async () => {
    const test = open()
    const session = await test.session()
    const { id } = await test.upload(session, 'a.txt', 'Hello!')
    let staged: Content | undefined
    test.endpoints.run = async ({ file_id = '' }, sensor) => {
      staged = await sensor.staged(file_id)
      return {}
    }
    await test.issue(session, { name: 'put file', path: 'C:\\a.txt', file_id: id })
    expect(await test.end(session, 0)).toMatchObject({ status: 'COMPLETE', input: { file_id: id, chunkNumber: 0 } })
    expect(staged).toEqual({ kind: 'text', base64: Buffer.from('Hello!').toString('base64'), size: 6 })
  })

  it('belongs to its session alone, and is deleted with it', async () => {
    const test = open()
    const session = await test.session()
    const { id } = await test.upload(session, 'a.txt', 'Hello!')
    const other = await test.session(11412674)
    expect((await test.send('GET', `${other}/files/${String(id)}`)).status).toBe(404)
    expect((await test.send('POST', `${other}/commands`, { name: 'put file', path: 'C:\\a', file_id: id })).status).toBe(400)
    await test.send('DELETE', session)
    expect((await test.send('GET', `${await test.session()}/files`)).text).toBe('[]')
  })
})

describe('a file that get file reads', () => {
  it('has its id at once, and its content when the bytes have arrived', async () => {
    const test = open()
    const session = await test.session()
    const door = gate()
    test.endpoints.run = async (_, { stage, signal }) => {
      await door.pass(signal)
      await stage({ kind: 'generated', seed: 1, size: 100_000 })
      return { file_details: { file_id: 'the cloud knows better', offset: 0, count: 100_000 } }
    }
    const issued = await test.issue(session, { name: 'get file', path: 'C:\\demo\\big.bin' })
    const { file_id } = issued['file_details'] as { file_id: string }
    expect(file_id).toMatch(ID)
    const path = `${session}/files/${file_id}`
    expect((await test.send('GET', path)).body).toEqual({ id: file_id, size: 0, file_name: 'big.bin', size_fileed: 0, upload_url: null })
    expect((await test.send('GET', `${path}/content`)).status).toBe(404)
    door.open()
    expect((await test.end(session, 0))['file_details']).toEqual({ file_id, offset: 0, count: 100_000 })
    expect((await test.send('GET', path)).body).toMatchObject({ size: 100_000, size_fileed: 100_000 })
    expect((await test.send('GET', `${path}/content`)).headers.get('content-length')).toBe('100000')
  })
})

describe('Upload File', () => {
  it.each([
    ['no file', END, 400],
    ['a field that is not a file', part('name="file"', 'text') + END, 400],
    ['an empty file', part('name="file"; filename="a.txt"', '') + END, 400],
    ['an empty body', '', 400],
    ['something else', 'Hello!', 400],
    ['a body that breaks off', part('name="file"; filename="a.txt"', 'Hello!').slice(0, -9), 400],
    ['a header that never ends', `--${BOUNDARY}\r\nX: ${'x'.repeat(20_000)}`, 400],
  ])('refuses %s', async (_, body, status) => {
    const test = open()
    const session = await test.session()
    const answer = await uploadRaw(test, session, body, undefined, 1000)
    expect(answer.status).toBe(status)
    expect(answer.body).toEqual({ success: false, message: expect.any(String), error_code: 'BadRequest' })
    expect((await test.send('GET', `${session}/files`)).text).toBe('[]')
  })

  it.each(['application/json', 'multipart/form-data', 'multipart/form-data; boundary=', `multipart/mixed; boundary=${BOUNDARY}`])(
    'refuses Content-Type %s',
    async type => {
      const test = open()
      expect((await uploadRaw(test, await test.session(), part('name="file"; filename="a.txt"', 'x') + END, type)).status).toBe(400)
    },
  )

  it.each([
    ['name="file"; filename="example_file.txt"', 'example_file.txt'],
    ['name=upload; filename=plain.bin', 'plain.bin'],
    ['name="file"; filename="a b; c.txt"', 'a b; c.txt'],
    ['name="file"; filename="quo\\"te.txt"', 'quo"te.txt'],
    ['name="file"; filename="quo%22te.txt"', 'quo"te.txt'],
    ['name="file"; filename="C:\\dir\\win.txt"', 'win.txt'],
    ['name="file"; filename="/tmp/nix.txt"', 'nix.txt'],
    ['name="file"; filename="grüße.txt"', 'grüße.txt'],
    ['name="file"; filename="x.txt"; filename*=UTF-8\'\'na%C3%AFve%20plan.txt', 'naïve plan.txt'],
    ['filename="first.txt"; name="anything"', 'first.txt'],
  ])('reads the name of %s', async (disposition, file_name) => {
    const test = open()
    const answer = await uploadRaw(test, await test.session(), part(disposition, 'x') + END)
    expect([answer.status, answer.body['file_name']]).toEqual([201, file_name])
  })

  it('accepts the file among other fields, with text around the parts', async () => {
    const test = open()
    const session = await test.session()
    const body = `preamble\r\n${part('name="a"', '1')}${part('name="f"; filename="f.txt"', 'the file')}${part('name="g"; filename="g.txt"', 'another')}${END}epilogue`
    const {
      body: { id },
    } = await uploadRaw(test, session, body)
    expect((await test.send('GET', `${session}/files/${String(id)}/content`)).text).toBe('the file')
  })

  it('accepts a quoted boundary, and no line end after the last one', async () => {
    const test = open()
    const body = (part('name="file"; filename="a"', 'x') + END.trim()).replaceAll(BOUNDARY, 'two words')
    expect((await uploadRaw(test, await test.session(), body, 'multipart/form-data; charset=utf-8; boundary="two words"')).status).toBe(201)
  })

  it('keeps every byte, however the body is split', async () => {
    const test = open()
    const session = await test.session()
    // Bytes that resemble boundaries as often as possible.
    const bytes = fc
      .array(fc.constantFrom('\r', '\n', '-', '--', `\r\n--`, `\r\n--${BOUNDARY.slice(0, -1)}`, 'x', '\0', 'ÿ'), {
        minLength: 1,
        maxLength: 200,
      })
      .map(pieces => Buffer.from(pieces.join('')))
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 100 }), async (content, size) => {
        const head = part('name="file"; filename="a"', '').slice(0, -2)
        const answer = await uploadRaw(
          test,
          session,
          Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n${END}`)]),
          undefined,
          size,
        )
        expect(answer.status).toBe(201)
        const response = await test.lab.handle(
          new Request(`http://lab${session}/files/${String(answer.body['id'])}/content`, { headers: { 'X-Auth-Token': TOKEN } }),
        )
        expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('reports "not found" when the session ended while the bytes arrived', async () => {
    const test = open()
    const session = await test.session()
    const body = async function* () {
      yield Buffer.from(part('name="file"; filename="a.txt"', 'Hello!'))
      await test.send('DELETE', session)
      yield Buffer.from(END)
    }
    const response = await test.lab.handle(
      new Request(`http://lab${session}/files`, {
        method: 'POST',
        headers: { 'X-Auth-Token': TOKEN, 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
        body: ReadableStream.from(body()),
        duplex: 'half',
      }),
    )
    expect(response.status).toBe(404)
  })
})
