import { describe, expect, it } from 'vitest'
import { cached } from '../../src/shell/listing-cache.ts'
import { ManualClock } from '../support/host.ts'

describe('a cached listing', () => {
  const clock = new ManualClock()
  let asked = 0
  const ask = async () => ++asked

  it('is remembered for a while under its key, including while it is requested', async () => {
    const remember = cached(clock, 1000)
    expect(await Promise.all([remember('a', ask), remember('a', ask), remember('b', ask)])).toEqual([1, 1, 2])
    clock.advance(999)
    expect(await remember('a', ask)).toBe(1)
    clock.advance(1)
    expect(await remember('a', ask)).toBe(3)
  })

  it('is requested again after a failure', async () => {
    const remember = cached(clock, 1000)
    await expect(
      remember('a', async () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await remember('a', async () => 'yes')).toBe('yes')
  })

  it('is requested again by those who waited for a failed request of another', async () => {
    const remember = cached(clock, 1000)
    const first = remember('a', async () => {
      throw new Error('gave up')
    }).catch(() => 'gave up')
    expect(await Promise.all([first, remember('a', async () => 'yes'), remember('a', async () => 'yes too')])).toEqual([
      'gave up',
      'yes',
      'yes',
    ])
  })

  it('is not dropped because an older request failed late', async () => {
    const remember = cached(clock, 1000)
    let fail = (_error: Error) => {}
    const old = remember(
      'a',
      () =>
        new Promise((_, reject) => {
          fail = reject
        }),
    ).catch(() => 'failed')
    clock.advance(1000)
    expect(await remember('a', async () => 'new')).toBe('new')
    fail(new Error('late'))
    expect(await old).toBe('failed')
    expect(await remember('a', async () => 'newer')).toBe('new')
  })
})
