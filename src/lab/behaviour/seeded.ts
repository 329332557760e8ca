/**
 * Returns a repeatable random generator: the same seed gives the same numbers, `0 <= n < 1`, in the same order. It is meant for the lab's
 * random behaviour (jitter, faults with a probability, a generated roster), never for ids or keys.
 */
export function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}
