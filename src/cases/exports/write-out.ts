import { createHash } from 'node:crypto'
import type { LocalTarget } from '../../core/ports.ts'
import { blocks } from '../blocks.ts'

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
