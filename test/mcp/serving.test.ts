import { expect, it } from 'vitest'
import type { Transport } from '../../src/core/ports.ts'
import { until, type TestWorld } from '../support/host.ts'
import { assistant } from '../support/mcp.ts'

/** Counts sessions, and lets requests whose path fits hang until they are given up. */
function watched(hangs: RegExp = /never/) {
  const seen = { started: 0, closed: 0, hanging: 0 }
  const between =
    (service: Transport): Transport =>
    async request => {
      const { pathname } = request.url
      if (request.method === 'POST' && /\/liveresponse\/sessions$/.test(pathname)) seen.started += 1
      if (request.method === 'DELETE' && /\/sessions\/[^/]+$/.test(pathname)) seen.closed += 1
      if (!hangs.test(`${request.method} ${pathname}`)) return await service(request)
      seen.hanging += 1
      return await new Promise((_, reject) => {
        request.signal?.addEventListener('abort', () => reject(request.signal?.reason as Error), { once: true })
      })
    }
  return { seen, between }
}

/** Lets time pass, in steps that a hurried clock takes. */
async function elapse({ clock }: Pick<TestWorld, 'clock'>, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) await clock.sleep(1000)
}

it('calls on a device share a session, which is closed at the end', async () => {
  const { seen, between } = watched()
  const { call, end } = await assistant([], { between })
  for (const path of ['C:\\', 'C:\\Users', 'C:\\Windows']) await call('stat', { device: 'WIN-FIN-01', path })
  expect(seen).toMatchObject({ started: 1, closed: 0 })
  expect(await end()).toBe(0)
  expect(seen).toMatchObject({ started: 1, closed: 1 })
})

it('a session that nobody uses for a while is closed, and the next call opens another one', async () => {
  const { seen, between } = watched()
  const { call, end, host } = await assistant([], { between })
  await call('drives', { device: 'WIN-FIN-01' })
  await elapse(host, 25_000)
  await until(() => seen.closed === 1)
  expect((await call('drives', { device: 'WIN-FIN-01' })).isError).toBeFalsy()
  expect(seen.started).toBe(2)
  await end()
})

it('a call that is cancelled ends, with its session, and the server goes on', async () => {
  const { seen, between } = watched(/GET .*\/commands\/\d+$/)
  const { client, call, end } = await assistant([], { between })
  const stop = new AbortController()
  const cancelled = client.callTool({ name: 'ps', arguments: { device: 'WIN-FIN-01' } }, undefined, { signal: stop.signal })
  await until(() => seen.hanging > 0)
  stop.abort()
  await expect(cancelled).rejects.toThrow()
  await until(() => seen.closed === 1)
  expect((await call('device_get', { device: 'WIN-FIN-01' })).isError).toBeFalsy()
  expect(await end()).toBe(0)
})

it('a call that is cancelled leaves the session to the others on that device', async () => {
  const { seen, between } = watched(/GET .*\/commands\/0$/)
  const { client, call, end } = await assistant([], { between })
  const stop = new AbortController()
  const cancelled = client.callTool({ name: 'ps', arguments: { device: 'WIN-FIN-01' } }, undefined, { signal: stop.signal })
  await until(() => seen.hanging > 0)
  const other = call('stat', { device: 'WIN-FIN-01', path: 'C:\\' })
  stop.abort()
  await expect(cancelled).rejects.toThrow()
  expect((await other).json.result).toMatchObject({ path: 'C:\\' })
  expect(seen).toMatchObject({ started: 1 })
  await end()
})

it('a client that asks for it is told how far a call is, with numbers that grow', async () => {
  const { client, end } = await assistant()
  const told: { progress: number; message?: string | undefined }[] = []
  await client.callTool({ name: 'hash', arguments: { device: 'WIN-FIN-01', path: ['C:\\Windows\\explorer.exe'] } }, undefined, {
    onprogress: step => told.push(step),
  })
  expect(told.map(({ progress }) => progress)).toEqual(told.map((_, at) => at + 1))
  expect(told.map(({ message }) => message).join('\n')).toMatch(/WIN-FIN-01/)
  await end()
})

it('requests that came before the input ended are answered', async () => {
  const { client, end } = await assistant()
  const answer = client.callTool({ name: 'ps', arguments: { device: 'WIN-FIN-01' } })
  expect(await end()).toBe(0)
  expect((await answer).structuredContent).toMatchObject({ result: expect.any(Array) as unknown })
})

it('a call that hangs does not keep the program when its client has gone', async () => {
  const { seen, between } = watched(/GET .*\/commands\/\d+$/)
  const { client, end, host } = await assistant([], { between })
  const hanging = client.callTool({ name: 'ps', arguments: { device: 'WIN-FIN-01' } }).catch(() => 'gone')
  await until(() => seen.hanging > 0)
  const ended = end()
  await elapse(host, 15_000)
  expect(await ended).toBe(0)
  expect(await hanging).toBe('gone')
  expect(seen.closed).toBe(1)
})

it('a signal that ends the program ends calls and sessions', async () => {
  const { seen, between } = watched(/GET .*\/commands\/\d+$/)
  const { client, ended, host } = await assistant([], { between })
  const hanging = client.callTool({ name: 'ps', arguments: { device: 'WIN-FIN-01' } }).catch(() => 'gone')
  await until(() => seen.hanging > 0)
  host.interruption.abort(new Error('SIGTERM'))
  expect(await ended).toBe(0)
  expect(await hanging).toBe('gone')
  expect(seen.closed).toBe(1)
})
