import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { WireRequest, WireResponse } from '../../../src/core/ports.ts'
import { main } from '../../../src/main.ts'
import { memoryOutput, testHost } from '../../support/host.ts'

type Answer = Partial<Omit<WireResponse, 'body'>> & { text?: string }
type Service = (request: { method: string; path: string; body: unknown }) => Answer | Error

const JSON_TYPE = { 'content-type': 'application/json' }
const json = (value: unknown, status = 200): Answer => ({ status, headers: JSON_TYPE, text: JSON.stringify(value) })

/** Runs the program with a service that the test defines. @returns its output, and the requests that the service received */
async function cbc(words: string[], service: Service = () => json({ ok: true }), stdin = '', terminal = false) {
  const seen: { url: string; method: string; body: unknown; token: string | undefined }[] = []
  const send = async ({ method, url, headers, body }: WireRequest): Promise<WireResponse> => {
    const text = body instanceof Uint8Array ? Buffer.from(body).toString() : undefined
    seen.push({ url: url.href, method, body: text === undefined ? undefined : JSON.parse(text), token: headers['x-auth-token'] })
    const answer = service({ method, path: url.pathname + url.search, body: text === undefined ? undefined : JSON.parse(text) })
    if (answer instanceof Error) throw answer
    return {
      status: answer.status ?? 200,
      headers: answer.headers ?? {},
      body: (async function* () {
        if (answer.text !== undefined) yield Buffer.from(answer.text)
      })(),
    }
  }
  const host = testHost({
    env: { CBC_URL: 'https://defense.example/base', CBC_TOKEN: 'SECRETKEY/ID', CBC_ORG_KEY: 'ABCD1234' },
    network: async () => ({ send, close: () => {} }),
    stdin: { isTerminal: false, stream: new PassThrough().end(stdin) as PassThrough },
    stdout: memoryOutput({ isTerminal: terminal }),
  })
  const code = await main(['api', ...words], host)
  return { code, out: host.stdout.text(), err: host.stderr.text(), seen }
}

describe('a call of the API', () => {
  it('goes to the URL of the profile, with its key, and prints JSON', async () => {
    expect(
      await cbc(['get', '/some/v1/orgs/{org_key}/thing?a=1', '-f', 'b=2', '-f', 'b=x y'], () => json({ id: 1, deep: [{ a: null }] })),
    ).toEqual({
      code: 0,
      out: '{"id":1,"deep":[{"a":null}]}\n',
      err: '',
      seen: [
        {
          url: 'https://defense.example/base/some/v1/orgs/ABCD1234/thing?a=1&b=2&b=x+y',
          method: 'GET',
          body: undefined,
          token: 'SECRETKEY/ID',
        },
      ],
    })
  })

  it('is indented on a terminal, with hostile characters made harmless', async () => {
    expect((await cbc(['GET', '/x'], () => json({ name: '\u001b[31m' }), '', true)).out).toBe('{\n  "name": "\\u001b[31m"\n}\n')
    // A value without fields is JSON too.
    for (const answer of ['\u009b31m', ['\u202e']])
      expect(JSON.parse((await cbc(['GET', '/x', '--json'], () => json(answer), '', true)).out)).toEqual(answer)
  })

  it.each([
    ['an array', [{ id: 1 }, { id: 2 }], '[{"id":1},{"id":2}]\n'],
    ['an empty array', [], '[]\n'],
    ['an array of strings', ['a', 1, null], '["a",1,null]\n'],
    ['a text', 'a', '"a"\n'],
    ['null', null, 'null\n'],
  ])('prints %s unchanged', async (_what, value, out) => {
    expect((await cbc(['GET', '/x'], () => json(value))).out).toBe(out)
    expect((await cbc(['GET', '/x', '--json'], () => json(value))).out).toBe(out)
  })

  it('takes the output format that is asked for', async () => {
    expect((await cbc(['GET', '/x', '-o', 'csv'], () => json([{ id: 1, name: 'a' }]))).out).toBe('id,name\r\n1,a\r\n')
    expect((await cbc(['GET', '/x', '-o', 'table'], () => json({ id: 1, name: 'a' }))).out).toBe('id    1\nname  a\n')
    expect((await cbc(['GET', '/x', '--columns', 'name'], () => json({ id: 1, name: 'a' }))).out).toBe('{"name":"a"}\n')
  })

  it.each([
    ['null', null, 'value\r\n\r\n'],
    ['a text', 'a,b\n', 'value\r\n"a,b\n"\r\n'],
    ['a number', 1, 'value\r\n1\r\n'],
    ['an array of mixed types', ['a', { b: 1 }], 'value\r\na\r\n"{""b"":1}"\r\n'],
  ])('prints %s as cells when CSV is asked for', async (_what, value, out) => {
    expect((await cbc(['GET', '/x', '-o', 'csv'], () => json(value))).out).toBe(out)
  })

  it('prints an answer that is not JSON byte for byte', async () => {
    const csv = () => ({ headers: { 'content-type': 'text/csv; charset=utf-8' }, text: 'a,b\r\n1,2\r\n' })
    expect((await cbc(['GET', '/jobs/v1/orgs/{org_key}/jobs/1/download'], csv)).out).toBe('a,b\r\n1,2\r\n')
    expect(JSON.parse((await cbc(['GET', '/x', '--json'], csv)).out)).toEqual({ content: 'a,b\r\n1,2\r\n', content_encoding: 'utf8' })
    expect(await cbc(['GET', '/x'], () => ({ headers: { 'content-type': 'text/html' }, text: '<html>log in' }))).toMatchObject({
      code: 9,
      out: '',
    })
  })

  it('prints nothing for an empty answer, and null when a document was asked for', async () => {
    expect(await cbc(['DELETE', '/x', '--yes'], () => ({ status: 204 }))).toMatchObject({ code: 0, out: '' })
    expect(await cbc(['DELETE', '/x', '--yes', '--json'], () => ({ status: 204 }))).toMatchObject({ code: 0, out: 'null\n' })
  })

  it('sends a body from fields, from a file, or from standard input', async () => {
    const body = async (words: string[], stdin?: string) =>
      (await cbc([...words, '--yes'], undefined, stdin)).seen.map(({ method, url, body: sent }) => [
        method,
        url.replace('https://defense.example/base', ''),
        sent,
      ])
    expect(await body(['POST', '/x', '-f', 'a[]=1', '--raw-field', 'b=1'])).toEqual([['POST', '/x', { a: [1], b: '1' }]])
    expect(await body(['PATCH', '/x', '--input', '-', '-f', 'q=1'], '\ufeff[{"a": 1}]')).toEqual([['PATCH', '/x?q=1', [{ a: 1 }]]])
    expect(await body(['POST', '/x'])).toEqual([['POST', '/x', undefined]])
  })

  it('fails as every call does', async () => {
    expect(await cbc(['GET', '/x', '--json'], () => json({ message: 'no such thing' }, 404))).toMatchObject({
      code: 4,
      err: expect.stringContaining('"message":"GET /x: no such thing"') as string,
    })
    expect(await cbc(['PUT', '/x', '--yes'], () => new Error('connection reset'))).toMatchObject({
      code: 9,
      err: expect.stringContaining('it may or may not have happened') as string,
    })
    expect((await cbc(['PUT', '/x', '--yes'], () => new Error('connection reset'))).seen).toHaveLength(1)
  })
})

describe('before anything is sent', () => {
  it.each([
    ['a path that leads to another host', ['GET', '//evil.example/x']],
    ['an address', ['GET', 'https://evil.example/x']],
    ['dots', ['GET', '/a/%2e%2e/b']],
    ['an unknown method', ['FETCH', '/x']],
    ['a body with GET', ['GET', '/x', '--input', '-']],
    ['pages of a change', ['PUT', '/x', '--paginate', '--yes']],
    ['a malformed field', ['POST', '/_search', '-f', 'a']],
    ['a body that is not JSON', ['POST', '/x/_search', '--input', '-']],
  ])('a mistake is reported: %s', async (_what, words) => {
    expect(await cbc(words, undefined, 'no json')).toMatchObject({ code: 2, out: '', seen: [] })
  })

  it.each([
    ['no terminal to confirm on', ['PUT', '/x', '-f', 'a=1']],
    ['--read-only', ['POST', '/x', '--yes', '--read-only']],
    ['--read-only, when a search has only a query', ['POST', '/x?y=/_search', '--yes', '--read-only']],
    ['the kill switch', ['POST', '/appservices/v6/orgs/{org_key}/liveresponse/kill', '--input', '-', '--yes']],
    ['the kill switch, disguised', ['POST', '/appservices/v6/orgs/{org_key}/LiveResponse/%6bill?x', '--yes']],
  ])('a change is refused: %s', async (_what, words) => {
    expect(await cbc(words, undefined, '[1]')).toMatchObject({ code: 8, out: '', seen: [] })
  })

  it('a dry run sends reads and describes changes', async () => {
    expect(await cbc(['DELETE', '/things/1', '-f', 'a=1', '--dry-run', '--json'])).toMatchObject({
      code: 0,
      out: '[{"name":"DELETE","path":"/things/1","body":{"a":1}}]\n',
      seen: [],
    })
    expect((await cbc(['POST', '/things/_search', '-f', 'a=1', '--dry-run', '--read-only'])).seen).toHaveLength(1)
  })
})

describe('--paginate', () => {
  /** A search with `total` items, of which at most `most` are returned at once. */
  const search =
    (total: number, { most = Infinity, counts = {} as object, deaf = false } = {}): Service =>
    ({ path, body }) => {
      const query = new URL(path, 'https://x').searchParams
      const { start = Number(query.get('start')), rows = Number(query.get('rows')) } = (body ?? {}) as { start?: number; rows?: number }
      const from = deaf ? 0 : start
      return json({
        results: Array.from({ length: Math.max(0, Math.min(rows, most, total - from)) }, (_, at) => ({ n: from + at })),
        ...counts,
      })
    }
  const numbers = async (words: string[], service: Service) =>
    (JSON.parse((await cbc([...words, '--paginate', '--json'], service)).out) as { n: number }[]).map(({ n }) => n)
  const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, at) => from + at)

  it.each([
    ['with paging in the body', ['POST', '/things/_search'], search(2500, { counts: { num_found: 2500 } })],
    ['with paging in the query', ['GET', '/things'], search(2500, { counts: { num_found: 2500 } })],
    [
      'from a service that returns fewer rows than requested',
      ['POST', '/things/_search'],
      search(2500, { most: 700, counts: { num_found: 2500 } }),
    ],
    ['from a service that does not say how many there are', ['POST', '/things/_search'], search(2500)],
  ])('fetches all pages, %s', async (_what, words, service) => {
    expect(await numbers(words, service)).toEqual(upTo(2500))
  })

  it('respects the rows and the start of the request', async () => {
    const { seen } = await cbc(
      ['POST', '/things/_search', '-f', 'rows=2', '-f', 'start=3', '-f', 'query=x', '--paginate'],
      search(8, { counts: { num_found: 8 } }),
    )
    expect(seen.map(({ body }) => body)).toEqual([3, 5, 7].map(start => ({ query: 'x', rows: 2, start })))
    expect(await numbers(['GET', '/things?rows=2&start=3'], search(8, { counts: { num_found: 8 } }))).toEqual(upTo(8, 3))
  })

  it('stops when a service repeats its answer, and says when it returns less than it found', async () => {
    expect(await numbers(['GET', '/things'], search(3, { deaf: true }))).toEqual([0, 1, 2])
    const { out, err } = await cbc(
      ['POST', '/things/_search', '--paginate', '-o', 'ndjson'],
      search(20, { counts: { num_found: 20, num_available: 10 }, most: 10 }),
    )
    expect(out.trimEnd().split('\n')).toHaveLength(10)
    expect(err).toContain('10 of 20')
  })

  it('prints the answer itself when it is not a search', async () => {
    expect((await cbc(['GET', '/x', '--paginate'], () => json({ a: 1 }))).out).toBe('{"a":1}\n')
  })
})

describe('an endless answer', () => {
  async function endless(headers: Record<string, string>): Promise<{ code: number; err: string; taken: number }> {
    let taken = 0
    const piece = Buffer.alloc(4 * 1024 * 1024)
    const body = (async function* () {
      for (;;) yield piece
    })()
    const host = testHost({
      env: { CBC_URL: 'https://defense.example', CBC_TOKEN: 'SECRETKEY/ID', CBC_ORG_KEY: 'ABCD1234' },
      network: async () => ({
        send: async () => ({ status: 200, headers: { 'content-type': 'text/csv', ...headers }, body }),
        close: () => {},
      }),
      stdout: {
        ...memoryOutput(),
        write: async data => {
          taken += data.length
        },
      },
    })
    return { code: await main(['api', 'GET', '/export'], host), err: host.stderr.text(), taken }
  }

  it('stops at the announced length', async () => {
    expect(await endless({ 'content-length': String(10 * 1024 * 1024) })).toMatchObject({
      code: 9,
      taken: 8 * 1024 * 1024,
      err: expect.stringContaining('longer than the 10485760 bytes that were announced') as string,
    })
  })

  it('stops at 1 GiB when no length is announced', async () => {
    expect(await endless({})).toMatchObject({
      code: 9,
      taken: 1024 ** 3,
      err: expect.stringContaining('longer than the 1073741824 bytes that are accepted without an announced size') as string,
    })
  })
})
