import { expect, it } from 'vitest'
import { guardAgainstStall } from '../../src/api/stall-guard.ts'
import { ManualClock } from '../support/host.ts'

const settle = () => new Promise<void>(resolve => void setImmediate(resolve))
const chunk = (size: number) => new Uint8Array(size)

/** A body whose chunks are sent by hand. Stalling ends it with an error. */
function byHand() {
  const clock = new ManualClock()
  let sleeps = 0
  const counting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms: number, signal?: AbortSignal) => {
      sleeps += 1
      return clock.sleep(ms, signal)
    },
  }
  let next: { resolve(chunk: Uint8Array): void; reject(error: Error): void } | undefined
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve, reject) => {
          next = { resolve: value => resolve({ value, done: false }), reject }
        }),
    }),
  }
  const chunks = guardAgainstStall(body, counting, () => next?.reject(new Error('stalled')))
  return { clock, chunks, send: (size: number) => next?.resolve(chunk(size)), sleeps: () => sleeps }
}

/** Lets time pass, second by second. */
async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1000)
    await settle()
  }
}

it('a body that stops for a minute is given up, not sooner, whatever came before', async () => {
  const { clock, chunks, send } = byHand()
  const first = chunks.next()
  await pass(clock, 40)
  send(100_000)
  await first
  const second = chunks.next()
  let over = false
  second.catch(() => {
    over = true
  })
  await pass(clock, 59)
  expect(over).toBe(false)
  await pass(clock, 1)
  await expect(second).rejects.toThrow('stalled')
})

it('a body that trickles is given up when its bytes no longer earn the waiting', async () => {
  const { clock, chunks, send } = byHand()
  let [got, seconds] = [0, 0]
  const reading = (async () => {
    for await (const _ of chunks) got += 1
  })()
  let over = false
  reading.catch(() => {
    over = true
  })
  for (; !over && seconds < 1000; seconds += 10) {
    await pass(clock, 10)
    send(1)
    await settle()
  }
  await expect(reading).rejects.toThrow('stalled')
  expect([got, seconds]).toEqual([6, 70])
})

it('the time that is spent on the bytes does not count', async () => {
  const { clock, chunks, send } = byHand()
  const first = chunks.next()
  await settle()
  send(1)
  await first
  await pass(clock, 600)
  const second = chunks.next()
  await settle()
  send(1)
  expect((await second).value).toHaveLength(1)
})

it('many chunks take one timer', async () => {
  const { chunks, send, sleeps } = byHand()
  for (let sent = 0; sent < 1000; sent++) {
    const next = chunks.next()
    await settle()
    send(1000)
    await next
  }
  expect(sleeps()).toBe(1)
})
