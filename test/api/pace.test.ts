import { expect, it } from 'vitest'
import { Pace } from '../../src/api/pace.ts'
import { FakeClock } from '../support/clock.ts'

/** A pace, and the milliseconds that each of several requests waits for, which are sent together and all accepted if `accepted`. */
function paced() {
  const clock = new FakeClock()
  const pace = new Pace(clock)
  const waits = async (requests: number, accepted = false) => {
    const from = clock.monotonic()
    const times: number[] = []
    const one = async () => {
      await pace.turn()
      times.push(clock.monotonic() - from)
      if (accepted) pace.accepted()
    }
    await clock.run(Promise.all(Array.from({ length: requests }, one)))
    return times
  }
  return { clock, pace, waits }
}

it('requests are sent at once as long as none is refused', async () => {
  expect(await paced().waits(3)).toEqual([0, 0, 0])
})

it('after a refusal all wait as long as the service asks, then go apart, further with each refusal, 5 s at most', async () => {
  const { pace, waits } = paced()
  pace.refused(3000)
  expect(await waits(3)).toEqual([3000, 3250, 3500])
  pace.refused(0)
  expect(await waits(3)).toEqual([250, 750, 1250])
  for (let times = 0; times < 9; times++) pace.refused(0)
  expect((await waits(3)).slice(1)).toEqual([5500, 10_500])
})

it('a shorter wait that is asked for later does not shorten a longer one', async () => {
  const { pace, waits } = paced()
  pace.refused(9000)
  pace.refused(1000)
  expect((await waits(1))[0]).toBe(9000)
})

it('requests go closer together with each answer, in the end at once', async () => {
  const { pace, waits } = paced()
  pace.refused(0)
  // 250, halved each time, until less than 50 count as nothing.
  expect(await waits(6, true)).toEqual([0, 250, 375, 437, 468, 468])
})

it('waiting ends when the work is given up', async () => {
  const { clock, pace } = paced()
  pace.refused(3000)
  await expect(pace.turn(AbortSignal.abort(new Error('given up')))).rejects.toThrow('given up')
  expect(clock.sleeping).toBe(0)
})
