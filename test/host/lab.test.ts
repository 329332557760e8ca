import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { WireRequest } from '../../src/core/ports.ts'
import type { LabService, LabSettings } from '../../src/core/host.ts'
import { openLabService } from '../../src/host/lab.ts'
import { testFolder } from '../support/folder.ts'
import { collectGarbage } from '../support/garbage.ts'
import { recycledLater } from '../support/recycling.ts'

const state = testFolder()

async function send(lab: LabService, method: string, path: string, over: Partial<WireRequest> = {}) {
  const { status, headers, body } = await lab.send({
    method,
    url: new URL(`http://lab.localhost/appservices/v6/orgs/${lab.org}/${path}`),
    headers: { 'x-auth-token': lab.token, ...(typeof over.body === 'object' && { 'content-type': 'application/json' }), ...over.headers },
    ...(over.body && { body: over.body }),
    ...(over.signal && { signal: over.signal }),
  })
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  const text = Buffer.concat(parts).toString()
  return { status, headers, json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>) }
}

const start = (lab: LabService) => send(lab, 'POST', 'liveresponse/sessions', { body: Buffer.from('{"device_id": 11412673}') })

it('the built-in lab answers in the process, keeps its state, and can be reset', async () => {
  const first = openLabService(state, { local: false })
  expect(first.directory).toBe(join(state, 'lab'))
  const { status, json } = await start(first)
  expect(status).toBe(201)
  await first.close()
  expect(existsSync(join(state, 'lab'))).toBe(true)

  const second = openLabService(state, { local: false })
  expect((await start(second)).json?.['id']).toBe(json?.['id'])
  await second.reset()
  expect((await send(second, 'GET', `liveresponse/sessions/${String(json?.['id'])}`)).status).toBe(404)
  await second.close()
})

it('the built-in lab accepts a streamed body whose memory is used again, and rejects another token', async () => {
  const lab = openLabService(join(state, 'other'), { local: false, org: 'ORG', token: 'S/I' })
  expect(lab).toMatchObject({ org: 'ORG', token: 'S/I' })
  async function* body(): AsyncIterable<Uint8Array> {
    for (const part of ['{"dev', 'ice_', 'id": ', '114', '12673}']) yield Buffer.from(part)
  }
  expect(
    (await send(lab, 'POST', 'liveresponse/sessions', { body: recycledLater(body()), headers: { 'content-type': 'application/json' } }))
      .status,
  ).toBe(201)
  expect((await send(lab, 'GET', 'liveresponse/sessions', { headers: { 'x-auth-token': 'wrong' } })).status).toBe(401)
  await lab.close()
})

it('the built-in lab says where its state can not be kept, where it would have to answer that the service has a problem', () => {
  const taken = join(testFolder(), 'taken')
  writeFileSync(taken, '')
  expect(() => openLabService(taken, { local: false })).toThrow(
    expect.objectContaining({
      code: 'io',
      message: expect.stringMatching(/^the lab's state can't be kept in .*taken.lab: /) as string,
      facts: expect.objectContaining({ hint: expect.stringContaining('XDG_STATE_HOME') as string }) as unknown,
    }),
  )
})

describe('a lab that runs programs here, or that others can reach', () => {
  const guarded = (settings: LabSettings = {}) => openLabService(state, { local: false, state: false, guarded: true, ...settings })

  it('has a new token at each start, not the well-known one', async () => {
    const [one, other] = [guarded(), guarded()]
    expect(one.token).toMatch(/^[A-Z0-9]{24}\/[A-Z0-9]{10}$/)
    expect(other.token).not.toBe(one.token)
    for (const token of ['ABCDEFGHIJKLMNO123456789/ABCD123456', other.token])
      expect((await send(one, 'GET', 'liveresponse/sessions', { headers: { 'x-auth-token': token } })).status).toBe(401)
    expect((await send(one, 'GET', 'liveresponse/sessions')).status).toBe(204)
    await Promise.all([one.close(), other.close()])
  })

  it.each(['a/b', 'ABCDEFGHIJKLMNO123456789/ABCD123456', 'aaaaaaaaaaaaaaaaaaaaaaaa/aaaaaaaaaa'])(
    'is refused with %s as its token or as one of its keys',
    token => {
      expect(() => guarded({ token })).toThrow(expect.objectContaining({ code: 'refused' }))
      expect(() => guarded({ keys: [{ token, permissions: 'all' }] })).toThrow(expect.objectContaining({ code: 'refused' }))
    },
  )
})

it("a request to the lab is given up with the signal's reason", async () => {
  const lab = openLabService(join(state, 'third'), { local: false })
  const stop = new AbortController()
  const reason = new Error('enough')
  const sending = send(lab, 'GET', 'liveresponse/sessions', { signal: stop.signal })
  stop.abort(reason)
  await expect(sending).rejects.toBe(reason)
  await lab.close()
})

it('an answer that stalls ends with the signal, even after everything but the answer was garbage-collected', async () => {
  const lab = openLabService(state, { local: false, state: false, faults: [{ do: { stall: 1 } }] })
  const stop = new AbortController()
  const reason = new Error('enough')
  const { body } = await lab.send({
    method: 'GET',
    url: new URL(`http://lab.localhost/appservices/v6/orgs/${lab.org}/devices/11412673`),
    headers: { 'x-auth-token': lab.token },
    signal: stop.signal,
  })
  const parts = body[Symbol.asyncIterator]()
  await parts.next()
  await setImmediate()
  collectGarbage()
  stop.abort(reason)
  await expect(parts.next()).rejects.toBe(reason)
  await lab.close()
})
