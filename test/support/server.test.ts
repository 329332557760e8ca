import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { scripted } from './server.ts'

describe('scripted', () => {
  it('answers in order and records requests', async () => {
    const bytes = randomBytes(70_000)
    const server = await scripted([
      { method: 'GET', path: '/a?b=c', headers: { 'X-Auth-Token': 's/i' }, response: { status: 200, body: { ok: true } } },
      {
        method: 'POST',
        path: /^\/files\/\d+$/,
        body: { name: 'ls' },
        response: { status: 201, body: 'text', headers: { 'Retry-After': '1' } },
      },
      { method: 'PUT', path: '/raw', body: bytes, response: { status: 200, body: bytes } },
    ])
    const first = await fetch(`${server.url}/a?b=c`, { headers: { 'x-auth-token': 's/i' } })
    expect([first.status, first.headers.get('content-type'), await first.json()]).toEqual([200, 'application/json', { ok: true }])
    const second = await fetch(`${server.url}/files/12`, { method: 'POST', body: '{"name": "ls"}' })
    expect([second.status, second.headers.get('retry-after'), await second.text()]).toEqual([201, '1', 'text'])
    const third = await fetch(`${server.url}/raw`, { method: 'PUT', body: bytes })
    expect(Buffer.from(await third.arrayBuffer()).equals(bytes)).toBe(true)
    await server.done()
    expect(server.requests.map(({ method, path, json }) => [method, path, json])).toEqual([
      ['GET', '/a?b=c', undefined],
      ['POST', '/files/12', { name: 'ls' }],
      ['PUT', '/raw', undefined],
    ])
  })

  it('parses multipart bodies', async () => {
    const bytes = Buffer.concat([Buffer.from('\r\n--x\r\n\0'), randomBytes(3000)])
    const server = await scripted([
      {
        method: 'POST',
        path: '/files',
        response: { status: 200 },
        body: ({ parts }: (typeof server.requests)[number]) => {
          expect(parts).toHaveLength(2)
        },
      },
    ])
    const form = new FormData()
    form.append('note', 'a note')
    form.append('file', new File([bytes], 'käse "1".bin', { type: 'application/x-thing' }))
    expect((await fetch(`${server.url}/files`, { method: 'POST', body: form })).status).toBe(200)
    await server.done()
    expect(server.requests[0]?.parts).toEqual([
      { name: 'note', bytes: Buffer.from('a note') },
      { name: 'file', filename: 'käse %221%22.bin', type: 'application/x-thing', bytes },
    ])
  })

  it('fails for an unexpected request, with the difference', async () => {
    const server = await scripted([{ method: 'POST', path: '/commands', body: { name: 'kill', pid: 1 }, response: { status: 200 } }])
    const wrong = await fetch(`${server.url}/commands`, { method: 'POST', body: '{"name":"kill","pid":2}' })
    expect([wrong.status, ((await wrong.json()) as { message: string }).message]).toEqual([
      500,
      expect.stringMatching(/\+\s+pid: 2\n-\s+pid: 1/),
    ])
    expect((await fetch(`${server.url}/other`, { method: 'POST' })).status).toBe(500)
    await expect(server.done()).rejects.toThrow(
      /POST \/commands[^]*pid: 2[^]*POST \/other[^]*\/commands[^]*never requested: POST \/commands/,
    )
  })

  it('fails for a missing header, and for an additional request', async () => {
    const server = await scripted([{ method: 'GET', path: '/', headers: { accept: 'text/html' }, response: { status: 200 } }])
    expect((await fetch(server.url)).status).toBe(500)
    expect((await fetch(server.url, { headers: { accept: 'text/html' } })).status).toBe(200)
    expect((await fetch(`${server.url}/again`)).status).toBe(500)
    await expect(server.done()).rejects.toThrow(/text\/html[^]*unexpected request after the last one: GET \/again/)
  })

  it('delays, drops connections, and streams', async () => {
    const server = await scripted([
      { method: 'GET', path: '/slow', response: { status: 204, delay: 20 } },
      { method: 'GET', path: '/gone', response: { status: 200, drop: true } },
      { method: 'GET', path: '/half', response: { status: 200, body: 'abcdef', drop: 3 } },
      {
        method: 'GET',
        path: '/stream',
        response: {
          status: 200,
          body: (async function* () {
            for (let n = 0; n < 5; n++) yield Buffer.alloc(100_000, n)
          })(),
        },
      },
    ])
    expect((await fetch(`${server.url}/slow`)).status).toBe(204)
    await expect(fetch(`${server.url}/gone`)).rejects.toThrow()
    const half = await fetch(`${server.url}/half`)
    expect(half.headers.get('content-length')).toBe('6')
    await expect(half.text()).rejects.toThrow()
    expect((await (await fetch(`${server.url}/stream`)).arrayBuffer()).byteLength).toBe(500_000)
    await server.done()
  })
})
