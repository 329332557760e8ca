import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { openRunStore } from '../../src/queue/open-run-store.ts'
import type { RunEvent, RunStore } from '../../src/runs/run-store.ts'
import { QUEUE_SERVERS, type QueueServer } from '../support/queue-servers.ts'
import { ModelRunStore } from './model-run-store.ts'
import { claimed, courseOf, end, LIMITS, shared, states, STEP } from './runs.ts'

const MIB = 1024 * 1024

const ENGINES = [{ name: 'in memory', missing: undefined, serve: undefined }, ...QUEUE_SERVERS]

describe.each(ENGINES)('a store of runs, $name', kind => {
  describe.skipIf(kind.missing)(kind.missing ?? 'which is there', () => {
    let server: QueueServer | undefined
    const model = new ModelRunStore()
    const opened: RunStore[] = []
    beforeAll(async () => {
      server = await kind.serve?.()
    })
    afterEach(async () => {
      await Promise.all(opened.splice(0).map(store => store.close()))
    })
    const open = async (organization = 'here'): Promise<RunStore> => {
      const store = server === undefined ? model : await openRunStore(new Secret(server.url), organization)
      opened.push(store)
      return store
    }

    it('several that begin at once make its tables once, and a run once', async () => {
      const stores = await Promise.all(Array.from({ length: 6 }, () => open()))
      await Promise.all(stores.map((store, index) => store.create(shared('at once', [1], { maxFailures: index + 1 }))))
      const found = await Promise.all(stores.map(store => store.read('at once')))
      expect(new Set(found.map(one => JSON.stringify(one))).size).toBe(1)
    })

    it('gives what it was given, whatever characters that has', async () => {
      const store = await open()
      const hostile = ['a\0b', '\ud800 \udfff', '👩‍🚒 ü', "'; drop table cbc.run; --", '{tag}:x', 'a\r\nb\u2028', '\\u0000']
      for (const text of ['', ...hostile]) {
        const run = `run ${text}`
        await store.create(shared(run, [7], {}, [text]))
        const claim = await claimed(store, run, 7, text)
        expect(await store.intent(claim, text)).toBe(true)
        expect(await store.settle(claim, { ...end(7, 'failed'), error: { code: 'remote', message: text } }, text)).toBe(true)
        await store.stop(run, text)
        expect(await store.read(run)).toMatchObject({ shared: { record: { run, words: [text] } }, stopped: text })
        expect(await store.events(run, 0, 9)).toMatchObject([
          { sequence: 1, entry: { worker: text } },
          { sequence: 2, entry: { change: text } },
          { sequence: 3, entry: { error: { message: text } }, line: text },
        ])
        await store.remove(run)
        expect([await store.read(run), await store.events(run, 0, 9)]).toEqual([undefined, []])
        expect(await store.claim(run, 7, 'w')).toEqual({ kind: 'absent' })
      }
    })

    it('a line of a mebibyte comes back as it was', async () => {
      const store = await open()
      const line = 'ü"'.repeat(MIB / 2)
      await store.create(shared('long', [1]))
      await store.settle(await claimed(store, 'long', 1), end(1, 'done'), line)
      const [, event] = await store.events('long', 0, 9)
      expect(event?.line === line).toBe(true)
    })

    it('what a worker writes that was replaced is refused, and nothing of it is recorded', async () => {
      const [old, next] = [await open(), await open()]
      await old.create(shared('replaced', [1]))
      const lost = await claimed(old, 'replaced', 1, 'old')
      expect(await old.intent(lost, 'delete file')).toBe(true)
      const unknown = { state: 'running', changed: true, change: 'delete file' }
      expect(await next.claim('replaced', 1, 'next')).toMatchObject({ kind: 'claimed', before: unknown })
      const count = (await next.events('replaced', 0, 99)).length
      expect(await old.intent(lost, 'again')).toBe(false)
      expect(await old.release(lost, 'not begun')).toBe(false)
      expect(await old.settle(lost, end(1, 'done'), 'old')).toBe(false)
      expect(await next.events('replaced', 0, 99)).toHaveLength(count)
      // A third one still learns of the change that the first one noted.
      expect(await next.claim('replaced', 1, 'third')).toMatchObject({ before: unknown })
    })

    it('an end that is told again, because the answer was lost, is recorded once', async () => {
      const store = await open()
      await store.create(shared('told again', [1, 2], { maxFailures: 2 }))
      const claim = await claimed(store, 'told again', 1)
      expect([await store.settle(claim, end(1, 'failed'), 'a'), await store.settle(claim, end(1, 'failed'), 'a')]).toEqual([true, true])
      expect(await store.events('told again', 1, 9)).toMatchObject([{ sequence: 2, line: 'a' }])
      expect(await store.read('told again')).not.toHaveProperty('stopped')
      await store.again('told again', [1])
      expect(await store.settle(claim, end(1, 'failed'), 'a')).toBe(false)
    })

    it('a device whose change is unknown is taken over even when the run has stopped, and no other is begun', async () => {
      const store = await open()
      await store.create(shared('stopped', [1, 2, 3]))
      await store.intent(await claimed(store, 'stopped', 1), 'kill')
      await claimed(store, 'stopped', 2)
      await store.stop('stopped', 'cancelled')
      await store.stop('stopped', 'something else')
      expect(await store.read('stopped')).toMatchObject({ stopped: 'cancelled', isOver: false })
      expect(await store.claim('stopped', 2, 'w')).toEqual({ kind: 'stopped' })
      expect(await store.claim('stopped', 3, 'w')).toEqual({ kind: 'stopped' })
      const claim = await claimed(store, 'stopped', 1)
      expect(await store.read('stopped')).toMatchObject({ isOver: false })
      await store.settle(claim, end(1, 'unknown'), '{}')
      expect(await store.read('stopped')).toMatchObject({ isOver: true })
      expect(states(await store.events('stopped', 0, 99))).toEqual({ 1: 'unknown', 2: 'not begun' })
    })

    it('answers as the simplest store does, whatever is asked', async () => {
      const store = await open()
      let count = 0
      await fc.assert(
        fc.asyncProperty(LIMITS, fc.array(STEP, { maxLength: 40, size: 'max' }), async (limits, steps) => {
          const run = `made up ${(count += 1)}`
          expect(await courseOf(store, run, limits, steps)).toEqual(await courseOf(new ModelRunStore(), run, limits, steps))
        }),
        { numRuns: server === undefined ? 1 : 20 },
      )
    })

    it('events of several writers are numbered in the order in which they count, and who reads meanwhile misses none', async () => {
      const ids = Array.from({ length: 24 }, (_, index) => index + 1)
      await (await open()).create(shared('side by side', ids))
      let working = true
      const write = async (): Promise<void> => {
        const store = await open()
        // All want each device; only who claimed it last can end it.
        for (const id of ids) {
          const taking = await store.claim('side by side', id, 'w')
          if (taking.kind === 'claimed' && (await store.intent(taking.claim, 'a change')))
            await store.settle(taking.claim, end(id, 'done'), `${id}`)
        }
      }
      const read = async (): Promise<RunEvent[]> => {
        const store = await open()
        const seen: RunEvent[] = []
        for (let isLast = false; ; isLast = !working) {
          const page = await store.events('side by side', seen.length, 7)
          seen.push(...page)
          if (isLast && page.length === 0) return seen
        }
      }
      const [seen] = await Promise.all([
        read(),
        Promise.all([write(), write(), write()]).finally(() => {
          working = false
        }),
      ])
      expect(seen.map(({ sequence }) => sequence)).toEqual(seen.map((_, index) => index + 1))
      expect(
        seen
          .filter(({ line }) => line !== undefined)
          .map(({ line }) => Number(line))
          .toSorted((a, b) => a - b),
      ).toEqual(ids)
      expect(await (await open()).read('side by side')).toMatchObject({ isOver: true })
    })

    it('a page of events ends when their lines are long, and a line that is too long is refused', async () => {
      const store = await open()
      const ids = [1, 2, 3, 4]
      await store.create(shared('pages', ids))
      const line = 'x'.repeat(1.5 * MIB)
      for (const id of ids) await store.settle(await claimed(store, 'pages', id), end(id, 'done'), line)
      const first = await store.events('pages', 0, 99)
      const rest = await store.events('pages', first.length, 99)
      // In memory nothing has to be sent.
      expect(first).toHaveLength(server === undefined ? 8 : 6)
      expect([...first, ...rest].map(({ line: text }) => text?.length ?? 0)).toEqual(ids.flatMap(() => [0, line.length]))
      if (server === undefined) return
      await store.again('pages', [1])
      const claim = await claimed(store, 'pages', 1)
      const failure = { code: 'io', message: expect.stringContaining('the line of device 1: it is larger than 64') as unknown }
      await expect(store.settle(claim, end(1, 'done'), 'x'.repeat(64 * MIB + 1))).rejects.toMatchObject(failure)
      expect(await store.settle(claim, end(1, 'failed'), '{}')).toBe(true)
    })

    it('an organization knows nothing of the runs of another', async () => {
      const [ours, theirs] = [await open(), server === undefined ? new ModelRunStore() : await open('here:run')]
      await ours.create(shared('ours', [1]))
      expect(await theirs.read('ours')).toBeUndefined()
      expect(await theirs.claim('ours', 1, 'w')).toEqual({ kind: 'absent' })
    })
  })
})
