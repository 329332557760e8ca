import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { knownDevices, type Found } from '../../../src/cli/completion/known-devices.ts'
import type { Cache } from '../../../src/core/ports.ts'
import { ManualClock, memoryCache, until } from '../../support/host.ts'

const MINUTE = 60_000
const device = (name: string) => ({ id: name.length, name, about: '' })
const found = (names: string[], whole = true): Found => ({ devices: names.map(device), whole })

function asking(answers: Record<string, Found | Error | 'never'>, cache: Cache = memoryCache()) {
  const clock = new ManualClock()
  const asked: string[] = []
  const ask = async (text: string, signal: AbortSignal): Promise<Found> => {
    asked.push(text)
    const answer = answers[text]
    if (answer === 'never')
      return await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('not expected')
    return answer
  }
  const names = async (typed: string) => (await knownDevices(typed, { cache, clock, ask })).map(({ name }) => name)
  return { clock, asked, names, answers }
}

describe('the device names that completion knows', () => {
  it('are requested once in five minutes if one answer contains them all', async () => {
    const { clock, asked, names, answers } = asking({ '': found(['A', 'B']) })
    expect(await names('')).toEqual(['A', 'B'])
    clock.advance(5 * MINUTE - 1)
    expect(await names('a')).toEqual(['A', 'B'])
    expect(asked).toEqual([''])
    answers[''] = found(['C'])
    clock.advance(1)
    expect(await names('a')).toEqual(['C'])
    expect(asked).toEqual(['', ''])
  })

  it('of a large organization are requested by what is typed', async () => {
    const { clock, asked, names } = asking({
      '': found(['A'], false),
      srv: found(['SRV-1', 'SRV-2']),
      w: found(['WIN'], false),
      wi: found(['WIN']),
    })
    expect(await names('SRV')).toEqual(['SRV-1', 'SRV-2'])
    expect(asked).toEqual(['', 'srv'])
    // Names that contain the longer text are among those that contain part of it.
    expect(await names('srv-1')).toEqual(['SRV-1', 'SRV-2'])
    expect(await names('')).toEqual(['A'])
    expect(asked).toEqual(['', 'srv'])
    expect(await names('w')).toEqual(['WIN'])
    expect(await names('wi')).toEqual(['WIN'])
    expect(asked).toEqual(['', 'srv', 'w', 'wi'])
    clock.advance(6 * MINUTE)
    expect(await names('wi')).toEqual(['WIN'])
    expect(asked.slice(4)).toEqual(['wi'])
  })

  it('are the cached ones when the service fails, which is then not asked for a while', async () => {
    const { clock, asked, names, answers } = asking({ '': found(['A']) })
    await names('')
    answers[''] = new Error('down')
    clock.advance(10 * MINUTE)
    expect(await names('a')).toEqual(['A'])
    expect(await names('a')).toEqual(['A'])
    expect(asked).toEqual(['', ''])
    answers[''] = found(['B'])
    clock.advance(30_000)
    expect(await names('')).toEqual(['B'])
    answers[''] = new Error('down')
    clock.advance(2 * 24 * 60 * MINUTE)
    expect(await names('x')).toEqual(['B'])
  })

  it('are empty after a moment when the service hangs', async () => {
    const { clock, asked, names } = asking({ '': 'never' })
    const waiting = names('')
    await until(() => clock.sleeping === 1)
    clock.advance(1499)
    expect(clock.sleeping).toBe(1)
    clock.advance(1)
    expect(await waiting).toEqual([])
    expect(await names('')).toEqual([])
    expect(asked).toEqual([''])
  })

  it('are requested again when the cache is damaged, from the future, or cannot be read or written', async () => {
    const broken: Cache = { read: () => Promise.reject(new Error('EIO')), write: () => Promise.reject(new Error('ENOSPC')) }
    const future = JSON.stringify({ answers: [{ text: '', at: Date.UTC(2030, 0), whole: true, devices: [] }], failed: Date.UTC(2030, 0) })
    const damaged = [
      '',
      'x',
      'null',
      '{"answers":[{}]}',
      '{"answers":[{"text":"","at":1,"whole":true,"devices":[null]}]}',
      '{"answers":[{"text":"","at":1704067200000,"whole":true,"devices":[{"id":1,"name":{}}]}]}',
      future,
    ]
    for (const cache of [broken, ...damaged.map(text => memoryCache(text))])
      expect(await asking({ '': found(['A']) }, cache).names('')).toEqual(['A'])
  })

  it('expire', async () => {
    const cache = memoryCache()
    const texts = Array.from({ length: 50 }, (_, at) => `t${at}x`)
    const { names } = asking({ '': found([], false), ...Object.fromEntries(texts.map(text => [text, found([text])])) }, cache)
    for (const text of texts) await names(text)
    const { answers } = JSON.parse((await cache.read()) ?? '') as { answers: { text: string }[] }
    expect(answers).toHaveLength(20)
    expect(answers.slice(0, 2).map(({ text }) => text)).toEqual(['', 't49x'])
  })
})

it('a cache with any content acts as empty, or gives names, and the next answer repairs it', async () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('', 'a', 0, 1e308, -1, true))
  const known = fc.record(
    { id: fc.oneof(fc.nat(), value), name: fc.oneof(fc.string(), value), about: fc.oneof(fc.string(), value) },
    { requiredKeys: [] },
  )
  const kept = fc.record(
    {
      text: fc.oneof(fc.constant(''), value),
      at: fc.oneof(fc.constant(Date.UTC(2024, 0, 1)), value),
      whole: fc.oneof(fc.boolean(), value),
      devices: fc.oneof(fc.array(known, { maxLength: 2 }), value),
    },
    { requiredKeys: [] },
  )
  const memory = fc
    .record({ answers: fc.oneof(fc.array(kept, { maxLength: 3 }), value), failed: value }, { requiredKeys: [] })
    .map(one => JSON.stringify(one))
  await fc.assert(
    fc.asyncProperty(fc.oneof(memory, fc.json({ maxDepth: 3 }), fc.string()), async text => {
      const cache = memoryCache(text)
      const { clock, names } = asking({ '': found(['FRESH']), x: found(['FRESH']) }, cache)
      for (const name of await names('x')) expect(typeof name).toBe('string')
      // After a day the cache has expired.
      clock.advance(25 * 60 * MINUTE)
      expect(await names('x')).toEqual(['FRESH'])
    }),
    { numRuns: 500 },
  )
})
