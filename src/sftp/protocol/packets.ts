import { MAX_PACKET_BYTES } from './constants.ts'
import { MalformedPacket } from './fields.ts'

const LENGTH_BYTES = 4

/**
 * Splits a stream into packets, without their lengths. It holds no more than one packet; one that the stream's end cuts off is dropped.
 * @throws MalformedPacket: a packet is empty, or longer than any may be: after that, nothing can be read
 */
export async function* packets(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let held = 0
  let wanted: number | undefined
  for await (const chunk of stream) {
    if (chunk.length === 0) continue
    parts.push(Buffer.from(chunk))
    held += chunk.length
    if (held < (wanted ?? 0) + LENGTH_BYTES) continue
    let rest = Buffer.concat(parts, held)
    while (rest.length >= LENGTH_BYTES) {
      wanted = lengthIn(rest)
      const end = LENGTH_BYTES + wanted
      if (rest.length < end) break
      yield rest.subarray(LENGTH_BYTES, end)
      rest = rest.subarray(end)
      wanted = undefined
    }
    parts = rest.length === 0 ? [] : [rest]
    held = rest.length
  }
}

function lengthIn(bytes: Buffer): number {
  const length = bytes.readUInt32BE()
  if (length === 0 || length > MAX_PACKET_BYTES) throw new MalformedPacket(`a packet of ${length} bytes: this is not SFTP`)
  return length
}
