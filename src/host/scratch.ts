import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalScratch } from '../core/ports.ts'
import { withCbcErrors } from './local-target.ts'

/** How many bytes are read at once. */
const BLOCK_BYTES = 256 * 1024

/** See `LocalFiles.scratch`. */
export async function openScratch(): Promise<LocalScratch> {
  const directory = await withCbcErrors(mkdtemp(join(tmpdir(), 'cbc-')))
  const file = await withCbcErrors(open(join(directory, 'scratch'), 'wx+', 0o600))
  const remove = () => rm(directory, { recursive: true, force: true })
  // An open file needs no name, so it is removed at once and nothing is left when the program is killed. Where that fails (sometimes on
  // Windows) it is removed at the end.
  let removed = await remove().then(
    () => true,
    () => false,
  )
  let size = 0
  const read = async (at: number, length: number) => {
    const { buffer, bytesRead } = await withCbcErrors(file.read(Buffer.alloc(length), 0, length, at))
    return buffer.subarray(0, bytesRead)
  }
  return {
    async write(chunk, from = size) {
      let at = 0
      while (at < chunk.length) at += (await withCbcErrors(file.write(chunk, at, chunk.length - at, from + at))).bytesWritten
      size = Math.max(size, from + at)
    },
    read,
    async *bytes() {
      const end = size
      for (let at = 0; at < end;) {
        const block = await read(at, Math.min(BLOCK_BYTES, end - at))
        if (block.length === 0) return
        at += block.length
        yield block
      }
    },
    async close() {
      await file.close()
      if (!removed) await remove().catch(() => {})
      removed = true
    },
  }
}
