import type { Transport } from '../../src/core/ports.ts'

/** Overwrites each chunk of a body whose memory may be reused as soon as the next one is asked for: what still needs it then is seen. */
export function recycling(send: Transport): Transport {
  return async request => {
    const response = await send(request)
    return request.reuse && response.status === 200 ? { ...response, body: recycled(response.body) } : response
  }
}

/** See `recycling`. */
export async function* recycled(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    const memory = Buffer.from(chunk)
    yield memory
    memory.fill(0xdd)
  }
}

/** As `recycled`, for what is sent: a chunk is overwritten as soon as the one after the next is asked for. */
export async function* recycledLater(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let before: Buffer | undefined
  for await (const chunk of body) {
    const memory = Buffer.from(chunk)
    yield memory
    before?.fill(0xdd)
    before = memory
  }
}
