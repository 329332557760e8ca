const BLOCK_BYTES = 64 * 1024
const WORDS_IN_BLOCK = BLOCK_BYTES / 4
/** Words are numbered with 32 bits; beyond that range the seed changes. */
const BLOCKS_IN_RANGE = 2 ** 32 / WORDS_IN_BLOCK

/**
 * Yields pseudo-random bytes. They depend on seed and offset only, whichever piece is asked for: every 32-bit word is a mix of the seed
 * and its own number. Chunks end at multiples of 64 KiB.
 * @param offset bytes to skip
 * @param length bytes to make
 */
export function* generate(seed: number, offset: number, length: number): Generator<Uint8Array> {
  const end = offset + length
  for (let at = offset; at < end;) {
    const block = Math.floor(at / BLOCK_BYTES)
    const stop = Math.min(end, (block + 1) * BLOCK_BYTES)
    yield blockBytes(seed, block, at - block * BLOCK_BYTES, stop - block * BLOCK_BYTES)
    at = stop
  }
}

function blockBytes(seed: number, block: number, from: number, to: number): Uint8Array {
  const first = from >>> 2
  const words = new Uint32Array(((to + 3) >>> 2) - first)
  const salt = mix(mix(seed | 0) ^ Math.floor(block / BLOCKS_IN_RANGE))
  const base = (block % BLOCKS_IN_RANGE) * WORDS_IN_BLOCK + first
  for (let i = 0; i < words.length; i++) words[i] = mix(Math.imul(base + i, 0x9e3779b1) ^ salt)
  return new Uint8Array(words.buffer, from - first * 4, to - from)
}

/** A bijection of 32-bit numbers in which every bit of the argument reaches every bit of the result. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}
