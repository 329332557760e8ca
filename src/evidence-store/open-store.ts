import { PLAIN_NETWORK } from '../core/auth-and-network.ts'
import { usage } from '../core/errors.ts'
import type { FileStore } from '../core/file-store.ts'
import type { Host } from '../core/host.ts'
import type { Transport } from '../core/ports.ts'
import type { Bucket } from './s3/bucket.ts'
import { fileStore } from './stored-files.ts'

/** What a store needs of this machine. */
export type StoreHost = Pick<Host, 'objectFolder' | 'env' | 'local' | 'network' | 'clock' | 'random' | 'about'>

export interface StoreOptions {
  /** Wraps the transport to a bucket, to show what goes over it. */
  logged?: (send: Transport) => Transport
  signal: AbortSignal
  /** Bytes of the parts in which large files go to a bucket. */
  partBytes?: number
}

/**
 * Opens where files go: a folder that is there, of a network share for example, or `s3://bucket/prefix`.
 * @throws CbcError usage: it is neither; io, not_found, auth: it can't be used
 */
export async function openStore(where: string, host: StoreHost, options: StoreOptions): Promise<FileStore> {
  if (where.startsWith('s3:')) {
    const { bucket, close } = await openBucketAt(where, '--store', host, options)
    return fileStore(bucket, close)
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(where)) throw usage('--store is neither a folder nor s3://bucket/prefix')
  return fileStore(await host.objectFolder(where))
}

/**
 * Opens `s3://bucket/prefix`.
 * @param option what it was given as, for messages
 * @returns the bucket, and what releases its connections
 * @throws CbcError usage; io, not_found, auth: it can't be used
 */
export async function openBucketAt(
  where: string,
  option: string,
  host: Omit<StoreHost, 'objectFolder'>,
  { logged = send => send, ...options }: StoreOptions,
): Promise<{ bucket: Bucket; close(): void }> {
  const [{ readBucketUrl }, { readAwsSettings }, { S3Client }, { openBucket }] = await Promise.all([
    import('./s3/bucket-url.ts'),
    import('./s3/aws-settings.ts'),
    import('./s3/client.ts'),
    import('./s3/bucket.ts'),
  ])
  const { clock, random, about } = host
  const place = readBucketUrl(where, option)
  const settings = await readAwsSettings(host)
  const { caFile } = settings
  const { send, close } = await host.network({ ...PLAIN_NETWORK, ...(caFile === undefined ? {} : { caFile }) })
  try {
    const client = new S3Client({
      bucket: place.bucket,
      settings,
      transport: logged(send),
      clock,
      random,
      userAgent: `cbc/${about.version}`,
    })
    return { bucket: await openBucket(place, { client, clock, ...options }), close }
  } catch (error) {
    close()
    throw error
  }
}
