import { open } from 'node:fs/promises'

/** Bytes that are read at once. */
const BLOCK_BYTES = 1024 * 1024
/** One block is being read, while of the two before it one is being prepared for the network and one is on its way. */
const BLOCKS = 3

/**
 * Reads a file ahead of its reader, into a few blocks of memory that are used in turn: allocating memory for each block costs more than
 * reading it.
 * @param size bytes that are expected; no larger block is allocated for them
 * @returns chunks that are valid until the one after the next is asked for
 */
export async function* readBlocks(path: string, size: number): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r')
  // One byte more, so that a file which has grown is seen to have.
  const length = Math.min(BLOCK_BYTES, size + 1)
  // All of them for a small file too: a file server may give it in pieces.
  const blocks = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafeSlow(length))
  let number = 0
  const read = () => file.read(blocks[number++ % blocks.length]!, 0, length)
  let ahead = read()
  try {
    for (;;) {
      const { buffer, bytesRead } = await ahead
      if (bytesRead === 0) return
      ahead = read()
      // It is awaited later, or not at all.
      ahead.catch(() => {})
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await ahead.catch(() => {})
    await file.close()
  }
}
