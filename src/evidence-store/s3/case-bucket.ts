import { createHash } from 'node:crypto'
import type { CaseStore, Comparison, StoredSource } from '../../core/case-store.ts'
import { CbcError } from '../../core/errors.ts'
import type { Bucket } from './bucket.ts'
import { checksumOf } from './checksum.ts'

/** The longest key of an object, bytes. */
const MAX_KEY_BYTES = 1024

/** Returns a bucket as a place for copies of cases. @param close releases its connections */
export function caseBucket(bucket: Bucket, close: () => void): CaseStore {
  return {
    locate: file => bucket.locate(file),
    close,
    async compare(file, source, signal) {
      checkKey(bucket.locate(file))
      const found = await bucket.describe(file, signal)
      if (found === undefined) return { state: 'absent', size: 0 }
      const { size, checksum, etag } = found
      const state = await compared(source, size, checksum, bucket.partBytes)
      return { state, size, version: etag }
    },
    put: (file, source, signal, over) => put(bucket, file, source, signal, over),
  }
}

async function compared(source: StoredSource, size: number, checksum: string | undefined, partBytes: number): Promise<Comparison['state']> {
  if (checksum === undefined || size > source.size) return 'other'
  const ours = await checksumOf(source.bytes(size), checksum.includes('-') ? partBytes : undefined)
  if (ours !== checksum) return 'other'
  return size === source.size ? 'same' : 'beginning'
}

async function put(bucket: Bucket, file: string, { size, bytes }: StoredSource, signal: AbortSignal, over?: Comparison): Promise<void> {
  const place = bucket.locate(file)
  const upload = await bucket.begin(file, signal, over?.version)
  try {
    const hash = createHash('sha256')
    for await (const chunk of bytes(size)) {
      hash.update(chunk)
      await upload.write(chunk)
    }
    const written = { size, sha256: hash.digest('hex') }
    const checksum = await upload.checksum(written)
    // It may be there although the answer says otherwise: that to an earlier attempt was lost.
    const stored = await upload.commit(written)
    const found = await bucket.describe(file, signal)
    if (found?.size === size && found.checksum === checksum) return await upload.discard()
    throw stored
      ? new CbcError('io', `${place}: the service doesn't say that it has the bytes that were sent`)
      : new CbcError('refused', `${place}: somebody else stored something there meanwhile`, { hint: 'push the case again' })
  } catch (error) {
    await upload.discard()
    throw error
  }
}

/** @throws CbcError refused */
function checkKey(place: string): void {
  const key = place.replace(/^s3:\/\/[^/]+\//, '')
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new CbcError('refused', `${place}: is longer than the ${MAX_KEY_BYTES} bytes that a key may have`, {
      hint: 'use a shorter prefix',
    })
}
