import { expect, it } from 'vitest'
import { guardAgainstStall } from '../../src/api/stall-guard.ts'
import { FakeClock } from '../support/clock.ts'

/** Reads a body that sends `sizes` bytes, each after `gap` milliseconds, and needs `work` milliseconds for each chunk. */
async function reading(sizes: number[], gap: number, work = 0) {
  const clock = new FakeClock()
  const stalled = new AbortController()
  let closed = false
  const body = async function* () {
    try {
      for (const size of sizes) {
        await clock.sleep(gap, stalled.signal)
        yield new Uint8Array(size)
      }
    } finally {
      closed = true
    }
  }
  let read = 0
  const all = async () => {
    for await (const chunk of guardAgainstStall(body(), clock, () => stalled.abort(new Error('stalled')))) {
      read += chunk.length
      await clock.sleep(work)
    }
  }
  const from = clock.monotonic()
  const error = await clock.run(
    all().then(
      () => undefined,
      (thrown: Error) => thrown.message,
    ),
  )
  return { read, error, ms: clock.monotonic() - from, closed }
}

const many = (count: number, size: number) => Array.from({ length: count }, () => size)

it('a body that sends nothing for a minute is given up', async () => {
  expect(await reading([1, 1], 59_999)).toMatchObject({ read: 1, error: 'stalled' })
  expect(await reading([1], 60_001)).toEqual({ read: 0, error: 'stalled', ms: 60_000, closed: true })
})

it('a body that trickles is given up once its bytes no longer earn the time that they take', async () => {
  // A byte a second earns 10 ms of its second.
  const { read, error, ms } = await reading(many(1000, 1), 1000)
  expect([error, read, ms]).toEqual(['stalled', 60, 60_600])
})

it('a body that sends a hundred bytes a second may take for ever, however long each is worked with', async () => {
  expect(await reading(many(500, 100), 1000)).toEqual({ read: 50_000, error: undefined, ms: 500_000, closed: true })
  expect(await reading(many(3, 1), 1000, 100_000)).toEqual({ read: 3, error: undefined, ms: 303_000, closed: true })
})

it('what was sent fast at first does not allow a longer pause later', async () => {
  const clock = new FakeClock()
  const stalled = new AbortController()
  const body = async function* () {
    yield new Uint8Array(1_000_000)
    await clock.sleep(61_000, stalled.signal)
    yield new Uint8Array(1)
  }
  const all = async () => {
    for await (const _ of guardAgainstStall(body(), clock, () => stalled.abort(new Error('stalled')))) continue
  }
  await expect(clock.run(all())).rejects.toThrow('stalled')
})
