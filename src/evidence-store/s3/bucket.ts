import { CbcError, usage } from '../../core/errors.ts'
import type { ObjectStore } from '../../core/file-store.ts'
import type { Clock } from '../../core/ports.ts'
import { Buffers } from './buffers.ts'
import type { BucketPlace } from './bucket-url.ts'
import type { S3Client } from './client.ts'
import { S3Error } from './s3-error.ts'
import { Upload } from './upload.ts'

/** Bytes of each part but the last. The checksum of an object depends on it: cut elsewhere, the same bytes have another one. */
const PART_BYTES = 16 * 1024 * 1024
/** How many parts of all files are in memory at a time: 96 MiB. */
const MAX_PARTS_IN_MEMORY = 6
const DAY_MS = 24 * 60 * 60 * 1000

export interface BucketContext {
  client: S3Client
  clock: Clock
  signal: AbortSignal
  partBytes?: number
}

/** An object as the bucket describes it. */
interface Described {
  /** Bytes. */
  size: number
  /** As S3 tells it: base64, with `-<parts>` for one of parts; undefined for an object that was stored without one. */
  checksum: string | undefined
  etag: string | undefined
}

/** A bucket whose objects are written once, or replaced where that is said. */
export interface Bucket extends ObjectStore {
  /** Bytes of each part but the last. */
  readonly partBytes: number
  /** Describes an object; undefined where there is none. @throws CbcError io, network, auth */
  describe(path: string, signal: AbortSignal): Promise<Described | undefined>
  /** As that of a store. @param over replaces the object with this ETag */
  begin(path: string, signal: AbortSignal, over?: string): Promise<Upload>
}

/**
 * Opens a bucket.
 * @throws CbcError not_found, auth, io: it can't be used; usage: it has no object lock, though that was asked for
 */
export async function openBucket(place: BucketPlace, { client, clock, signal, partBytes = PART_BYTES }: BucketContext): Promise<Bucket> {
  const { bucket, prefix, lock, legalHold } = place
  await check(place, client, signal)
  const buffers = new Buffers(partBytes, MAX_PARTS_IN_MEMORY)
  const keyOf = (path: string) => (prefix === '' ? path : `${prefix}/${path}`)
  const locate = (path: string) => `s3://${bucket}/${keyOf(path)}`
  const headers = (): Record<string, string> => ({
    ...(lock && {
      'x-amz-object-lock-mode': lock.mode,
      'x-amz-object-lock-retain-until-date': new Date(clock.now() + lock.days * DAY_MS).toISOString(),
    }),
    ...(legalHold ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
  })
  /** "HeadObject". */
  const describe = async (path: string, stop: AbortSignal): Promise<Described | undefined> => {
    try {
      const { headers: found } = await client.send({
        what: `looking for ${locate(path)}`,
        method: 'HEAD',
        key: keyOf(path),
        headers: { 'x-amz-checksum-mode': 'ENABLED' },
        signal: stop,
      })
      return { size: Number(found['content-length']), checksum: found['x-amz-checksum-sha256'], etag: found['etag'] }
    } catch (error) {
      if (statusOf(error) !== 404) throw error
      return undefined
    }
  }
  return {
    partBytes,
    locate,
    describe,
    has: async (path, stop) => (await describe(path, stop)) !== undefined,
    async begin(path, stop, over) {
      const isAt = async (other: string, size: number, checksum: string) => {
        const found = await describe(other, stop)
        return found?.size === size && found.checksum === checksum
      }
      return new Upload({ client, buffers, key: keyOf(path), place: locate(path), path, headers, isAt, clock, signal: stop, over })
    },
  }
}

/** Finds out where the bucket is and whether it can be used, before anything is fetched for it. */
async function check({ bucket, lock, legalHold }: BucketPlace, client: S3Client, signal: AbortSignal): Promise<void> {
  const what = `s3://${bucket}`
  await client.send({ what, method: 'HEAD', signal }).catch((error: unknown) => {
    const status = statusOf(error)
    if (status === 404) throw new CbcError('not_found', `${what}: there is no such bucket`)
    throw status === 403 ? new CbcError('auth', (error as S3Error).message, (error as S3Error).facts) : error
  })
  if (lock === undefined && !legalHold) return
  await client.send({ what, method: 'GET', query: { 'object-lock': '' }, signal }).catch((error: unknown) => {
    const status = statusOf(error)
    if (status === 404) throw usage(`${what}: object lock is not enabled for the bucket`, 'enable it, or leave lock and legal-hold off')
    // Whoever may write need not be allowed to ask.
    if (status !== 403) throw error
  })
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3Error ? error.refusal.status : undefined
}
