import { describe, expect, it } from 'vitest'
import type { Device } from '../../src/api/devices.ts'
import { CbcError } from '../../src/core/errors.ts'
import type { Connection } from '../../src/engine/connection.ts'
import type { Target } from '../../src/engine/remote-job.ts'
import { Embedded, Refused, type EmbeddedOptions } from '../../src/runs/embedded.ts'
import type { Settled } from '../../src/runs/engine.ts'
import { Gate } from '../../src/runs/gate.ts'
import { Inventory } from '../../src/runs/inventory.ts'
import { ManualClock } from '../support/host.ts'

const NEVER = new AbortController().signal
const HOUR = 3_600_000

/** An engine over a clock that is moved by hand, an inventory, and devices that do what `attempt` says. */
function bench(over: Partial<EmbeddedOptions> & { offline?: Set<number>; count?: number } = {}) {
  const { offline = new Set(), count = 3 } = over
  const clock = new ManualClock()
  const devices: Target[] = Array.from({ length: count }, (_, at) => ({ id: at + 1, name: `PC-${at + 1}` }))
  const asked: number[][] = []
  const api = {
    async *all({ criteria }: { criteria: { id: number[] } }): AsyncGenerator<Device> {
      asked.push(criteria.id)
      for (const id of criteria.id)
        yield { id, name: `PC-${id}`, last_contact_time: new Date(clock.now() - (offline.has(id) ? HOUR : 0)).toISOString() }
    },
  }
  const done = (device: Target): Settled => ({ device, state: 'done', duration_ms: 0, bytes: 0 })
  const began: number[] = []
  const refusals: number[] = []
  const { attempt = async device => done(device) } = over
  const engine = new Embedded({
    parallel: 2,
    wait: 0,
    clock,
    budget: { enter: async () => () => {}, refused: () => refusals.push(clock.now()), succeeded() {} },
    inventory: new Inventory(api as unknown as Connection['devices'], clock),
    gate: new Gate({ all: count }),
    waiting() {},
    record: async () => {},
    broken: () => undefined,
    ...over,
    attempt: async (device, leave, signal) => {
      began.push(device.id)
      return await attempt(device, leave, signal)
    },
  })
  const settled: Settled[] = []
  const run = (async () => {
    for await (const one of engine.settle(devices, NEVER)) settled.push(one)
  })()
  const states = () => settled.map(({ device: { id }, state }) => `${id} ${state}`)
  return { clock, run, states, began, asked, refusals, done }
}

/** Lets everything happen that needs no time. */
async function calm(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
}

describe('devices that are offline', () => {
  it('get no session, and hold up nobody', async () => {
    const { run, states, began, asked } = bench({ offline: new Set([1]) })
    await run
    expect(states().sort()).toEqual(['1 offline', '2 done', '3 done'])
    expect(began).toEqual([2, 3])
    expect(asked).toEqual([[1, 2, 3]])
  })

  it('are waited for with one request a minute for all of them, and are next when they are back', async () => {
    const offline = new Set([1, 2])
    const { clock, run, states, began, asked } = bench({ offline, wait: 24 * HOUR, count: 4 })
    await calm()
    expect(states()).toEqual(['3 done', '4 done'])
    for (let minute = 0; minute < 10; minute++) {
      clock.advance(60_000)
      await calm()
    }
    expect(asked.length).toBeLessThanOrEqual(11)
    for (const ids of asked.slice(1)) expect(ids).toEqual([1, 2])
    expect(began).toEqual([3, 4])
    offline.delete(2)
    clock.advance(60_000)
    await calm()
    expect(began).toEqual([3, 4, 2])
    clock.advance(24 * HOUR)
    await run
    expect(states()).toEqual(['3 done', '4 done', '2 done', '1 offline'])
  })

  it('are tried after all when none of the devices is online: then the clock of this machine may be wrong', async () => {
    const { run, began } = bench({ offline: new Set([1, 2, 3]) })
    await run
    expect(began).toEqual([1, 2, 3])
  })
})

it('a device that keeps its session waiting gives its turn to another one', async () => {
  const { run, states, began } = bench({
    parallel: 1,
    attempt: async (device, leave) => {
      if (device.id === 1) {
        leave()
        await calm()
      }
      return { device, state: 'done', duration_ms: 0, bytes: 0 }
    },
  })
  await run
  expect(began).toEqual([1, 2, 3])
  expect(states().at(-1)).toBe('1 done')
})

it('a device that was refused has another turn, and fails when it is refused again and again', async () => {
  const refused = () => new Refused(new CbcError('network', 'too many', { http_status: 429 }))
  let first = true
  const { run, states, refusals } = bench({
    attempt: async device => {
      if (device.id === 3) throw refused()
      if (device.id === 1 && first) {
        first = false
        throw refused()
      }
      return { device, state: 'done', duration_ms: 0, bytes: 0 }
    },
  })
  await run
  expect(states().sort()).toEqual(['1 done', '2 done', '3 failed'])
  expect(refusals.length).toBe(21)
})

it('a run that cannot be recorded begins nothing more, and still tells what came of its devices', async () => {
  const full = new CbcError('io', 'no space left on this disk')
  let broken: CbcError | undefined
  const { run, states } = bench({
    parallel: 1,
    record: async () => {
      broken = full
      throw full
    },
    broken: () => broken,
  })
  await expect(run).rejects.toBe(full)
  expect(states()).toEqual(['1 done'])
})
