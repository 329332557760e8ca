import { AwsV4Signer } from 'aws4fetch'
import type { AwsCredentials } from './aws-settings.ts'

export interface Unsigned {
  method: string
  url: URL
  headers: Record<string, string>
  /** SHA-256 of the body, hexadecimal. */
  sha256: string
}

/** Signs requests for S3 ("Signature Version 4"), their bodies included. */
export class Signer {
  /** Keys that were derived from the secret: they last for a day. */
  readonly #derived = new Map<string, ArrayBuffer>()

  /** @param now milliseconds since 1970 @returns the headers to send */
  async sign(
    { method, url, headers, sha256 }: Unsigned,
    credentials: AwsCredentials,
    region: string,
    now: number,
  ): Promise<Record<string, string>> {
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, 'x-amz-content-sha256': sha256 },
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken.reveal() }),
      service: 's3',
      region,
      cache: this.#derived,
      datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    })
    return Object.fromEntries((await signer.sign()).headers)
  }
}
