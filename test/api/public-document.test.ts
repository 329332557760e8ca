import { expect, it } from 'vitest'
import { askPublicServer, readPublicDocument } from '../../src/api/public-document.ts'
import { interrupted } from '../../src/core/errors.ts'
import type { Transport } from '../../src/core/ports.ts'
import { ConnectionError } from '../../src/host/connection-error.ts'
import { answering, bytes, failure, silent } from './support.ts'

const URL_OF_LIST = new URL('https://releases.example/list.json')

const read = async (transport: Transport, url = URL_OF_LIST, signal: AbortSignal = new AbortController().signal) =>
  await readPublicDocument(url, { transport, userAgent: 'cbc/1.2.3', what: 'list of releases', signal })

it('a public document is read over the given transport, with the name of the program and nothing secret', async () => {
  const { transport, requests } = answering({ text: '{"latest": "2.0.0"}' })
  expect(await read(transport)).toEqual({ latest: '2.0.0' })
  expect(requests).toMatchObject([{ method: 'GET', url: URL_OF_LIST }])
  expect(Object.entries(requests[0]?.headers ?? {}).sort()).toEqual([
    ['accept', 'application/json'],
    ['user-agent', 'cbc/1.2.3'],
  ])
})

it('its redirects are followed, but never from https to http or in circles', async () => {
  const elsewhere = (location: string) => ({ status: 302, headers: { location } })
  const followed = answering(elsewhere('/a'), elsewhere('https://cdn.example/b'), { text: '[]' })
  expect(await read(followed.transport)).toEqual([])
  expect(followed.requests.map(({ url }) => url.href)).toEqual([
    'https://releases.example/list.json',
    'https://releases.example/a',
    'https://cdn.example/b',
  ])
  const downgraded = answering(elsewhere('http://releases.example/'))
  expect(await failure(read(downgraded.transport))).toMatchObject({
    code: 'network',
    message: expect.stringContaining('from https to http'),
  })
  const toPlain = answering(elsewhere('http://releases.example/'))
  expect(await failure(read(toPlain.transport, new URL('http://127.0.0.1:8080/')))).toMatchObject({
    code: 'network',
    message: expect.stringContaining('without https'),
  })
  const circling = answering(elsewhere('/list.json'))
  expect((await failure(read(circling.transport))).message).toContain('redirected in circles')
})

it('is repeated after a failure that may pass, and only then', async () => {
  const busy = { status: 503, headers: { 'retry-after': '0' } }
  const recovered = answering(busy, busy, { text: '1' })
  expect(await read(recovered.transport)).toBe(1)
  expect(recovered.requests).toHaveLength(3)

  const dropped = answering(new ConnectionError('releases.example', 'the connection was dropped', true), { text: '1' })
  expect(await read(dropped.transport)).toBe(1)

  const untrusted = answering(new ConnectionError('releases.example', 'its certificate has expired', false, { code: 'CERT_HAS_EXPIRED' }))
  expect(await failure(read(untrusted.transport))).toMatchObject({
    code: 'network',
    message: 'list of releases: releases.example: its certificate has expired',
  })
  expect(untrusted.requests).toHaveLength(1)
})

it.each([
  ['404', { status: 404, text: 'no' }, 'not_found', 'list of releases: releases.example answered 404'],
  ['401', { status: 401 }, 'network', 'list of releases: releases.example answered 401'],
  ['a web page', { text: '<html>' }, 'network', 'list of releases: what releases.example answered is not JSON'],
] as const)('%s is reported as what it is', async (_, answer, code, message) => {
  expect(await failure(read(answering(answer).transport))).toMatchObject({ code, message })
})

it('an endless answer is given up, and so is the wait for one that never comes', async () => {
  const endless: Transport = async () => ({
    status: 200,
    headers: {},
    body: (async function* () {
      for (;;) yield* bytes(new Uint8Array(1024 * 1024))
    })(),
  })
  expect((await failure(read(endless))).message).toContain('does not end')
  for (const abortAt of ['before it is sent', 'after']) {
    const stop = new AbortController()
    const transport: Transport = async request => {
      if (abortAt === 'after') stop.abort(interrupted())
      return await silent(request)
    }
    const waiting = failure(read(transport, URL_OF_LIST, stop.signal))
    if (abortAt !== 'after') stop.abort(interrupted())
    expect(await waiting).toMatchObject({ code: 'interrupted' })
  }
})

it('an address that is not https is refused before anything is sent, except on this machine', async () => {
  const { transport, requests } = answering({ text: '1' })
  expect(await failure(read(transport, new URL('http://releases.example/')))).toMatchObject({ code: 'usage' })
  expect(await failure(read(transport, new URL('file:///etc/passwd')))).toMatchObject({ code: 'usage' })
  expect(requests).toEqual([])
  expect(await read(transport, new URL('http://127.0.0.1:8080/'))).toBe(1)
})

it('where plain http will do, it is asked and followed over http, but never led from https to http', async () => {
  const types = { content: 'application/timestamp-query', accept: 'application/timestamp-reply' }
  const ask = async (transport: Transport, url: string) => {
    const reading = { transport, userAgent: 'cbc/1.2.3', what: 'authority', signal: new AbortController().signal, plainWillDo: true }
    return Buffer.from(await askPublicServer(new URL(url), Buffer.from('question'), types, reading)).toString()
  }
  const elsewhere = (location: string) => ({ status: 307, headers: { location } })
  const followed = answering(elsewhere('http://other.example/'), { text: 'answer' })
  expect(await ask(followed.transport, 'http://tsa.example/')).toBe('answer')
  expect(followed.requests.map(({ url }) => url.host)).toEqual(['tsa.example', 'other.example'])
  const downgraded = answering(elsewhere('http://tsa.example/'), { text: 'answer' })
  expect(await failure(ask(downgraded.transport, 'https://tsa.example/'))).toMatchObject({ code: 'network' })
  expect(downgraded.requests).toHaveLength(1)
  const other = answering({ text: 'answer' })
  expect(await failure(ask(other.transport, 'file:///etc/passwd'))).toMatchObject({
    code: 'usage',
    message: 'authority: file:// is neither http nor https',
  })
  expect(other.requests).toEqual([])
})

it('what is asked of a public server is sent again where it redirects, with its media types and nothing secret', async () => {
  const { transport, requests } = answering({ status: 307, headers: { location: '/b' } }, { text: 'answer' })
  const types = { content: 'application/timestamp-query', accept: 'application/timestamp-reply' }
  const signal = new AbortController().signal
  const reading = { transport, userAgent: 'cbc/1.2.3', what: 'authority', signal }
  expect(Buffer.from(await askPublicServer(URL_OF_LIST, Buffer.from('question'), types, reading)).toString()).toBe('answer')
  expect(requests.map(({ url }) => url.pathname)).toEqual(['/list.json', '/b'])
  for (const { method, headers, body } of requests) {
    expect({ method, body: Buffer.from(body as Uint8Array).toString() }).toEqual({ method: 'POST', body: 'question' })
    expect(headers).toEqual({ accept: types.accept, 'content-type': types.content, 'user-agent': 'cbc/1.2.3' })
  }
})
