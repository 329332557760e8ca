import { afterEach, describe, expect, it } from 'vitest'
import type { Health, ServedHealth } from '../../src/core/host.ts'
import { serveHealth } from '../../src/host/health-server.ts'

const opened: ServedHealth[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map(server => server.close()))
})

async function serve(health: () => Health): Promise<string> {
  const server = await serveHealth({ host: '127.0.0.1', port: 0 }, health)
  opened.push(server)
  return server.url
}

describe('the health of a program', () => {
  it('is 200 while it works, 503 while it does not, as it is when it is asked', async () => {
    let ok = true
    const url = await serve(() => ({ ok, facts: { status: ok ? 'working' : 'away' } }))
    const ask = async (path = '/') => {
      const answer = await fetch(url + path)
      return [answer.status, answer.headers.get('content-type'), await answer.json()]
    }
    expect(await ask()).toEqual([200, 'application/json', { ok: true, status: 'working' }])
    ok = false
    expect(await ask()).toEqual([503, 'application/json', { ok: false, status: 'away' }])
    expect(await ask('/live')).toEqual([200, 'application/json', { ok: true, status: 'live' }])
  })

  it('is all that is told there', async () => {
    const url = await serve(() => ({ ok: true, facts: {} }))
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(405)
  })

  it('a port that is in use is named', async () => {
    const port = Number(new URL(await serve(() => ({ ok: true, facts: {} }))).port)
    await expect(serveHealth({ host: '127.0.0.1', port }, () => ({ ok: true, facts: {} }))).rejects.toMatchObject({
      code: 'io',
      message: `127.0.0.1:${port}: the port is in use`,
    })
  })
})
