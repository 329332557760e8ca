import { afterEach, describe, expect, it } from 'vitest'
import { LabClock, realTime } from '../../../src/lab/behaviour/lab-clock.ts'
import { openMemoryStore } from '../../../src/lab/store/store.ts'
import { testFolder } from '../../support/folder.ts'
import { FakeClock, SESSIONS, TestLab, until } from '../cloud/support.ts'
import { processes, random } from '../store/support.ts'

const open: TestLab[] = []
function lab(options: ConstructorParameters<typeof TestLab>[0] = {}): TestLab {
  const test = new TestLab(options)
  open.push(test)
  return test
}
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ lab }) => lab.close()))
})

describe("the lab's clock", () => {
  const make = () => {
    const real = new FakeClock()
    return { real, clock: new LabClock(real, openMemoryStore(random).document('clock', realTime)) }
  }

  it('is the real one until it is changed', async () => {
    const { real, clock } = make()
    expect(clock.now()).toBe(real.now())
    await clock.change({ advance: 60_000 })
    expect(clock.now()).toBe(real.now() + 60_000)
  })

  it('runs at the given speed, and can be stopped', async () => {
    const { real, clock } = make()
    const start = clock.now()
    await clock.change({ speed: 60 })
    real.advance(1000)
    expect(clock.now()).toBe(start + 60_000)
    await clock.change({ speed: 0 })
    real.advance(1000)
    expect(clock.now()).toBe(start + 60_000)
  })

  it('wakes sleepers when their time has come, by waiting or by a change', async () => {
    const { real, clock } = make()
    let woken = ''
    const sleep = (name: string, ms: number) =>
      clock.sleep(ms).then(() => {
        woken += name
      })
    const [a, b, c] = [sleep('a', 1000), sleep('b', 10_000), sleep('c', 60_000)]
    real.advance(1000)
    await a
    await clock.change({ advance: 9000 })
    await b
    await clock.change({ speed: 50 })
    await until(() => real.sleeping > 0)
    real.advance(1000)
    await c
    expect(woken).toBe('abc')
  })

  it('releases sleepers that give up', async () => {
    const { clock } = make()
    const stop = new AbortController()
    const sleep = clock.sleep(1000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(sleep).rejects.toThrow('enough')
  })
})

describe('a session', () => {
  it("expires by the lab's clock", async () => {
    const test = lab()
    const session = await test.session()
    await test.send('POST', '/lab/clock', { advance: '14m' })
    expect((await test.send('GET', session)).status).toBe(200)
    await test.send('POST', '/lab/clock', { advance: '14m' })
    expect((await test.send('GET', session)).status).toBe(200)
    await test.send('POST', '/lab/clock', { advance: '15m' })
    expect((await test.send('GET', session)).status).toBe(404)
  })

  it('expires for every process with the same state, and the advanced time is kept', async () => {
    const folder = testFolder()
    const shared = { state: folder, processes } as ConstructorParameters<typeof TestLab>[0]
    const [a, b] = [lab(shared), lab(shared)]
    const session = await a.session()
    await b.send('POST', '/lab/clock', { advance: '16m' })
    expect((await a.send('GET', session)).status).toBe(404)
    const later = lab(shared)
    expect((await later.send('GET', '/lab/clock')).body['now']).toBe(new Date(later.clock.now() + 960_000).toISOString())
    await later.send('POST', '/lab/reset')
    expect((await later.send('GET', '/lab/clock')).body['now']).toBe(new Date(later.clock.now()).toISOString())
  })

  it('has the timeouts of the settings, and reports them', async () => {
    const test = lab({ sessionTimeout: 60_000, checkInTimeout: 30_000 })
    const { body } = await test.send('POST', SESSIONS, { device_id: 11412673 })
    expect(body).toMatchObject({ session_timeout: 60, check_in_timeout: 30 })
    test.clock.advance(60_000)
    expect((await test.send('GET', `${SESSIONS}/${String(body['id'])}`)).status).toBe(404)
    const { body: pending } = await test.send('POST', SESSIONS, { device_id: 11412730 })
    test.clock.advance(30_000)
    expect((await test.send('GET', `${SESSIONS}/${String(pending['id'])}`)).status).toBe(404)
  })
})
