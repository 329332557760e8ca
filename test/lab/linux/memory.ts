import { createHash, randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Random } from '../../../src/core/ports.ts'
import type { Blobs, Document } from '../../../src/lab/endpoint.ts'

export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal })
  },
}
export const random: Random = { uuid: () => randomUUID(), below: limit => randomInt(limit) }

/** A document in memory; each look and change sees its own copy, as it would from a file. */
export function memoryDocument<T>(initial: T): Document<T> & { json(): string } {
  let saved = JSON.stringify(initial)
  return {
    json: () => saved,
    async read(look) {
      return look(JSON.parse(saved) as T)
    },
    async update(change) {
      const state = JSON.parse(saved) as T
      const result = change(state)
      saved = JSON.stringify(state)
      return result
    },
  }
}

/** A blob store in memory. */
export function memoryBlobs(): Blobs {
  const stored = new Map<string, Buffer>()
  return {
    async write(bytes) {
      const chunks: Uint8Array[] = []
      for await (const chunk of bytes) chunks.push(chunk)
      const all = Buffer.concat(chunks)
      const sha256 = createHash('sha256').update(all).digest('hex')
      stored.set(sha256, all)
      return { kind: 'blob', sha256, size: all.length }
    },
    async *read(content, offset = 0, length = Infinity) {
      const all =
        content.kind === 'text' ? Buffer.from(content.base64, 'base64') : content.kind === 'blob' ? stored.get(content.sha256) : undefined
      if (all === undefined) throw new Error('no such blob')
      yield all.subarray(offset, Math.min(all.length, offset + length))
    },
  }
}
