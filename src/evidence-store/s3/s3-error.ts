import { CbcError } from '../../core/errors.ts'
import type { WireResponse } from '../../core/ports.ts'
import { elementText } from '../../core/text/xml-element.ts'

/** The longest message of a service that is shown. */
const MAX_MESSAGE = 300

/** What an answer that is no success says: "Error responses". */
export interface Refusal {
  status: number
  code: string
  message: string
  /** The region that the bucket is in. */
  region?: string | undefined
}

/**
 * S3 has refused a request, or failed at it. Whatever it says, the code is `io`, as for a disk that fails: after `network` a download would
 * go on, and what the store has of it by then is not known; `auth` and `not_found` are said of the endpoint's service.
 */
export class S3Error extends CbcError {
  readonly refusal: Refusal
  constructor(what: string, refusal: Refusal) {
    const { status, code, message } = refusal
    const hint = HINTS[code]
    super('io', `${what}: ${message === '' ? code || `the service answered ${status}` : `${message} (${code})`}`, {
      ...(hint === undefined ? {} : { hint }),
    })
    this.refusal = refusal
  }
}

const PERMISSIONS =
  'it takes s3:PutObject, s3:GetObject, s3:ListBucket and s3:AbortMultipartUpload, with object lock s3:PutObjectRetention or s3:PutObjectLegalHold'

const HINTS: Record<string, string | undefined> = {
  AccessDenied: PERMISSIONS,
  Forbidden: PERMISSIONS,
  RequestTimeTooSkewed: 'set the clock of this machine',
  NotImplemented: 'the service must be able to write an object only if there is none of its name (If-None-Match)',
  InvalidRequest: 'object lock must have been enabled for the bucket',
}

/** Reads a refusal from an answer. An answer to HEAD has no body: its status says it. */
export function refusalOf({ status, headers }: Pick<WireResponse, 'status' | 'headers'>, text: string): Refusal {
  const code = elementText(text, 'Code') ?? CODES[status] ?? ''
  const region = headers['x-amz-bucket-region'] ?? elementText(text, 'Region')
  return { status, code, message: (elementText(text, 'Message') ?? '').slice(0, MAX_MESSAGE), region }
}

const CODES: Record<number, string | undefined> = { 403: 'Forbidden', 404: 'NotFound', 501: 'NotImplemented' }
