import { inspect } from 'node:util'
import { setDefaultCACertificates } from 'node:tls'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { asCbcError } from '../../src/core/errors.ts'
import { Secret } from '../../src/core/secret.ts'
import { clock, random } from '../../src/host/clock.ts'
import { certificates } from '../../src/lab/tls/certificates.ts'
import { openRunStore } from '../../src/queue/open-run-store.ts'
import { PostgresServer } from '../../src/queue/postgres-server.ts'
import { RedisServer } from '../../src/queue/redis-server.ts'
import { keyOf } from '../../src/queue/stored.ts'
import { after, NOT_BEGUN, type DeviceRecord } from '../../src/runs/journal.ts'
import type { RunEvent, RunStore } from '../../src/runs/run-store.ts'
import { testFolder } from '../support/folder.ts'
import { QUEUE_SERVERS, type QueueServer } from '../support/queue-servers.ts'
import { claimed, end, shared } from './runs.ts'

describe.each(QUEUE_SERVERS)('a store of runs whose $name goes away', kind => {
  describe.skipIf(kind.missing)(kind.missing ?? 'and comes back', () => {
    let server: QueueServer
    let authority: string
    const opened: RunStore[] = []
    beforeAll(async () => {
      const { key, cert, ca } = await certificates(testFolder(), [], { clock, random })
      authority = readFileSync(ca, 'utf8')
      // As NODE_EXTRA_CA_CERTS does it at the start of a program.
      setDefaultCACertificates([authority])
      server = await kind.serve({ key, cert })
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(store => store.close()))
    })
    const open = async (url = server.url, timeoutMs?: number): Promise<RunStore> => {
      const store = await openRunStore(new Secret(url), 'here', timeoutMs)
      opened.push(store)
      return store
    }

    it('has all that it confirmed before it was killed, and of the rest all or nothing', async () => {
      const store = await open()
      const ids = Array.from({ length: 80 }, (_, index) => index + 1)
      await store.create(shared('killed', ids))
      let confirmed = 0
      const told: { id: number; ended: boolean }[] = []
      // Each works on devices until it meets the failure.
      const work = async (mine: number[]): Promise<unknown> => {
        for (const id of mine) {
          const course = { id, ended: false }
          told.push(course)
          try {
            const claim = await claimed(store, 'killed', id)
            await store.intent(claim, `change ${id}`)
            await store.settle(claim, end(id, 'done'), `line ${id}`)
            course.ended = true
          } catch (error) {
            return error
          }
          confirmed += 1
          if (confirmed === 20) void server.kill()
        }
        return undefined
      }
      const failures = await Promise.all([0, 1, 2, 3].map(rest => work(ids.filter(id => id % 4 === rest))))
      expect(failures).toEqual(failures.map(() => expect.objectContaining({ code: 'network' }) as unknown))
      await server.kill()
      await server.start()

      const events = await all(store, 'killed')
      const lines = new Map(events.flatMap(({ entry, line }) => (line === undefined ? [] : [[entry.device_id, line]])))
      for (const { id, ended } of told) if (ended) expect(lines.get(id)).toBe(`line ${id}`)
      // Where each device has got to is what the events tell, and counts agree with both.
      const course = folded(events)
      for (const id of ids) {
        const taking = await store.claim('killed', id, 'other')
        const before = course.get(id) ?? NOT_BEGUN
        expect(taking).toMatchObject(before.state === 'done' ? { kind: 'settled' } : { kind: 'claimed', before })
        expect(before.state === 'done').toBe(lines.has(id))
        if (taking.kind !== 'claimed') continue
        expect(await store.read('killed')).toMatchObject({ isOver: false })
        await store.settle(taking.claim, end(id, 'done'), '')
      }
      expect(await store.read('killed')).toMatchObject({ isOver: true })
    })

    it('is noticed when it hangs, and used again when it answers', async () => {
      const store = await open(server.url, 300)
      await store.create(shared('hangs', [1]))
      server.hang(true)
      const failure = await store.claim('hangs', 1, 'w').catch(asCbcError)
      await store.close()
      server.hang(false)
      expect(failure).toMatchObject({ code: 'network' })
      const again = await open()
      expect(await again.claim('hangs', 1, 'w')).toMatchObject({ kind: 'claimed' })
    })

    it('a claim that was given up, and is carried out late, takes a device from nobody', async () => {
      const run = keyOf('late')
      await (await open()).create(shared('late', [1]))
      const direct =
        kind.name === 'Redis'
          ? new RedisServer(new Secret(server.url), keyOf('here'))
          : new PostgresServer(new Secret(server.url), keyOf('here'))
      try {
        const claim = () => direct.claim({ run, device: 1, token: 0 }, entry, entry)
        const entry = JSON.stringify({ device_id: 1, state: 'running' })
        expect(await claim()).toMatchObject({ kind: 'claimed', token: 1 })
        expect(await claim()).toEqual({ kind: 'moved', token: 1 })
        expect(await direct.intent({ run, device: 1, token: 1 }, entry, '"kill"')).toBe(true)
      } finally {
        await direct.close()
      }
    })

    it('is used as soon as it is there, by a store that was opened before', async () => {
      const store = await open()
      await server.kill()
      const shown = `${server.url.slice(0, server.url.indexOf(':'))}://127.0.0.1:${server.port}`
      for (const ask of [() => store.read('early'), () => store.create(shared('early', [1])), () => store.claim('early', 1, 'w')])
        await expect(ask()).rejects.toMatchObject({
          code: 'network',
          message: expect.stringMatching(`^${shown}.*: connection refused$`) as unknown,
        })
      await server.start()
      await store.create(shared('early', [1]))
      expect(await store.read('early')).toMatchObject({ isOver: false })
    })

    it('its password is in no failure', async () => {
      const [password = '', encoded = ''] = server.passwords
      const wrong = server.url.replace(encoded, 'wr%2Fong')
      const stores = [
        await open(wrong),
        await open(server.url.replace(String(server.port), '1')),
        await open(server.url.replace('127.0.0.1', 'nowhere.invalid')),
      ]
      const failures = await Promise.all(stores.map(store => store.read('r').catch(asCbcError)))
      expect(failures).toMatchObject([{ code: 'auth' }, { code: 'network' }, { code: 'network' }])
      const text = inspect(failures, { depth: 9, showHidden: true })
      for (const secret of [password, encoded, 'wr%2Fong', 'wr/ong']) expect(text).not.toContain(secret)
    })

    it('is refused where it would lose or change what it is given', async () => {
      const unfit = await makeUnfit(kind.name, server.url)
      const store = await open(unfit.url)
      await expect(store.read('r')).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/LATIN1|allkeys-lru/) as unknown,
      })
      await unfit.mend()
      expect(await (await open()).read('r')).toBeUndefined()
    })

    it('its certificate is checked', async () => {
      const byOtherName = await open(server.url.replace('127.0.0.1', '0.0.0.0'))
      expect(await byOtherName.read('r').catch(asCbcError)).toMatchObject({
        code: 'network',
        message: expect.stringContaining('for another name') as unknown,
      })
      setDefaultCACertificates([])
      try {
        const hint = expect.stringContaining('NODE_EXTRA_CA_CERTS') as unknown
        expect(await (await open()).read('r').catch(asCbcError)).toMatchObject({ code: 'network', facts: { untrusted: true, hint } })
      } finally {
        setDefaultCACertificates([authority])
      }
    })
  })
})

/** Makes a database whose encoding lacks most characters; or has a Redis remove keys when its memory is full. */
async function makeUnfit(name: string, url: string): Promise<{ url: string; mend(): Promise<void> }> {
  if (name === 'PostgreSQL') {
    const client = new Client(url)
    await client.connect()
    await client.query(`create database latin encoding 'LATIN1' template template0`)
    await client.end()
    return { url: url.replace('/postgres?', '/latin?'), mend: async () => {} }
  }
  const client = new Redis(url)
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  return {
    url,
    async mend() {
      await client.config('SET', 'maxmemory-policy', 'noeviction')
      client.disconnect()
    },
  }
}

async function all(store: RunStore, run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for (;;) {
    const page = await store.events(run, events.length, 50)
    if (page.length === 0) return events
    for (const event of page) expect(events.push(event)).toBe(event.sequence)
  }
}

function folded(events: readonly RunEvent[]): Map<number, DeviceRecord> {
  const devices = new Map<number, DeviceRecord>()
  for (const { entry } of events) devices.set(entry.device_id, after(devices.get(entry.device_id) ?? NOT_BEGUN, entry))
  return devices
}
