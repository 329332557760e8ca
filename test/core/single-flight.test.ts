import { describe, expect, it } from 'vitest'
import { SingleFlight } from '../../src/core/single-flight.ts'

/** Work that ends on request, and how often it was started and aborted. */
function bench() {
  const shared = new SingleFlight<number>()
  const begun: { end(value: number): void; fail(error: Error): void; signal: AbortSignal }[] = []
  const begin = (signal: AbortSignal) =>
    new Promise<number>((resolve, reject) => {
      begun.push({ end: resolve, fail: reject, signal })
      signal.addEventListener('abort', () => reject(new Error('given up')))
    })
  return { begun, join: (signal?: AbortSignal) => shared.join(begin, signal) }
}

const reason = new Error('enough')

describe('shared work', () => {
  it('is done once for all callers, and again for later ones', async () => {
    const { begun, join } = bench()
    const all = [join(), join(), join()]
    begun[0]?.end(1)
    expect(await Promise.all(all)).toEqual([1, 1, 1])
    const next = join()
    begun[1]?.end(2)
    expect(await next).toBe(2)
    expect(begun).toHaveLength(2)
  })

  it('fails for all callers', async () => {
    const { begun, join } = bench()
    const all = Promise.allSettled([join(), join()])
    begun[0]?.fail(reason)
    expect(await all).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ])
    const next = join()
    begun[1]?.end(2)
    expect(await next).toBe(2)
  })

  it('continues for the others when one leaves, and is aborted when the last one has left', async () => {
    const { begun, join } = bench()
    const [first, second] = [new AbortController(), new AbortController()]
    const [one, other, third] = [join(first.signal), join(second.signal), join()]
    first.abort(reason)
    await expect(one).rejects.toBe(reason)
    expect(begun[0]?.signal.aborted).toBe(false)
    begun[0]?.end(5)
    expect([await other, await third]).toEqual([5, 5])

    const [last, more] = [new AbortController(), new AbortController()]
    const waiting = Promise.allSettled([join(last.signal), join(more.signal)])
    last.abort(reason)
    more.abort(reason)
    await waiting
    expect(begun[1]?.signal.aborted).toBe(true)
    const fresh = join()
    begun[2]?.end(7)
    expect(await fresh).toBe(7)
  })

  it('does not begin for a caller that has already left', async () => {
    const { begun, join } = bench()
    await expect(join(AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(begun).toHaveLength(0)
  })
})
