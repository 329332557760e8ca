import { createHash } from 'node:crypto'
import type { LocalTarget } from '../../core/ports.ts'

/** Bytes that are written together. */
const BLOCK_BYTES = 256 * 1024

/**
 * Writes a file that appears complete or not at all.
 * @param progress called with the bytes so far
 * @returns its bytes, and their SHA-256, hex
 * @throws CbcError io; whatever `pieces` throws; the signal's reason
 */
export async function writeOut(
  target: LocalTarget,
  pieces: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  const write = async (block: Uint8Array) => {
    signal.throwIfAborted()
    hash.update(block)
    await target.write(block)
    progress((size += block.length))
  }
  try {
    for await (const block of blocks(pieces)) await write(block)
    await target.commit()
  } catch (error) {
    await target.discard()
    throw error
  }
  return { size, sha256: hash.digest('hex') }
}

/** Joins small pieces. */
async function* blocks(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const piece of pieces) {
    // The memory of a piece may be used again by whoever made it.
    const bytes = Buffer.from(piece as string)
    held.push(bytes)
    length += bytes.length
    if (length < BLOCK_BYTES) continue
    yield Buffer.concat(held)
    held = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(held)
}
