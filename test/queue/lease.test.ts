import { expect, it } from 'vitest'
import { cleanupSignalOf } from '../../src/core/abort.ts'
import { CbcError } from '../../src/core/errors.ts'
import { Lease } from '../../src/queue/lease.ts'
import { noteOf, placeOf } from '../../src/queue/noted-place.ts'
import { SeededRandom } from '../../src/queue/seeded-random.ts'
import { readTurn, turnId } from '../../src/queue/turn.ts'
import { ManualClock } from '../support/host.ts'

const tick = async () => await new Promise(resolve => setImmediate(resolve))

it('a lease that is not renewed ends the work and what would tidy up, by the clock of this worker alone', async () => {
  const clock = new ManualClock()
  const lease = new Lease(clock, 1000, clock.monotonic())
  clock.advance(999)
  await tick()
  expect(lease.signal.aborted).toBe(false)
  clock.advance(1)
  await tick()
  expect(lease.isLost).toBe(true)
  expect(lease.signal.aborted).toBe(true)
  expect(cleanupSignalOf(lease.signal)?.aborted).toBe(true)
})

it('a lease counts from when its renewal was asked for, not from when the answer came', async () => {
  const clock = new ManualClock()
  const lease = new Lease(clock, 1000, clock.monotonic())
  const asked = clock.monotonic()
  clock.advance(600)
  lease.renewed(asked)
  clock.advance(399)
  await tick()
  expect(lease.isLost).toBe(false)
  clock.advance(1)
  await tick()
  expect(lease.isLost).toBe(true)
})

it('a renewal whose answer comes after the lock has ended saves nothing', () => {
  const clock = new ManualClock()
  const lease = new Lease(clock, 1000, clock.monotonic())
  const asked = clock.monotonic()
  clock.advance(1500)
  lease.renewed(asked)
  expect(lease.isLost).toBe(true)
})

it('work that is ended may tidy up', () => {
  const clock = new ManualClock()
  const lease = new Lease(clock, 1000, clock.monotonic())
  lease.end(new CbcError('interrupted', 'ended'))
  expect(lease.signal.aborted).toBe(true)
  expect(lease.isLost).toBe(false)
  expect(cleanupSignalOf(lease.signal)?.aborted).toBe(false)
  lease.close()
})

it('names that are made up come out the same for whoever has the seed, however often something was tried', () => {
  const [one, other] = [new SeededRandom('seed 1'), new SeededRandom('seed 1')]
  for (let times = 0; times < 3; times++) expect(other.below(10)).toBeLessThan(10)
  const uuids = [one.uuid(), one.uuid()]
  expect([other.uuid(), other.uuid()]).toEqual(uuids)
  expect(new Set(uuids).size).toBe(2)
  for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  expect(new SeededRandom('seed 2').uuid()).not.toBe(uuids[0])
})

it('where a change was about to be sent is read as it was noted, and from nothing else', () => {
  const place = { sessionId: '1234567:11412673', next: 3 }
  expect(placeOf(noteOf('create process', place))).toEqual(place)
  for (const text of [undefined, '', 'create process', 'kill, in several sessions', 'x in session a b, from command 1'])
    expect(placeOf(text)).toBeUndefined()
})

it('a job that says something else than whose turn it is, is none', () => {
  const turn = { run: '20261130-0415-ps-x7k2', device_id: 7, seed: '0123456789abcdef' }
  expect(readTurn(turn)).toEqual(turn)
  expect(turnId(turn)).toBe('20261130-0415-ps-x7k2-7')
  for (const other of [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { ...turn, device_id: '7' },
    { ...turn, run: 'a:b' },
    { ...turn, more: 1 },
    { ...turn, seed: '' },
  ])
    expect(readTurn(other)).toBeUndefined()
})
