import { createHash } from 'node:crypto'

/** The checksum of an object of parts: that of their checksums, and how many there are ("Checking object integrity"). */
export function composite(digests: readonly Uint8Array[]): string {
  return `${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-${digests.length}`
}

/**
 * Returns the checksum that a bucket would tell for bytes.
 * @param partBytes of each part but the last; undefined for an object that was stored whole
 */
export async function checksumOf(chunks: AsyncIterable<Uint8Array>, partBytes: number | undefined): Promise<string> {
  const digests: Buffer[] = []
  let part = createHash('sha256')
  let length = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      if (length === partBytes) {
        digests.push(part.digest())
        part = createHash('sha256')
        length = 0
      }
      const piece = partBytes === undefined ? chunk : chunk.subarray(at, at + partBytes - length)
      part.update(piece)
      length += piece.length
      at += piece.length
    }
  }
  const last = part.digest()
  return partBytes === undefined ? last.toString('base64') : composite([...digests, last])
}
