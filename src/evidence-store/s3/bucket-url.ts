import { usage } from '../../core/errors.ts'

/** Where in a bucket files go, and for how long nobody may delete them. */
export interface BucketPlace {
  bucket: string
  /** Folders above those of the runs: `cases/2026`; empty: none. */
  prefix: string
  lock?: ObjectLock
  /** A hold without end, which somebody has to lift. */
  legalHold: boolean
}

/** Object lock: until then, nobody may delete an object, or with GOVERNANCE only those with a permission for it. */
interface ObjectLock {
  mode: 'GOVERNANCE' | 'COMPLIANCE'
  days: number
}

/** The longest prefix, bytes: an object's key may have 1024. */
const MAX_PREFIX_BYTES = 500
const FORM = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^?]*))?(?:\?(.*))?$/
const HINT =
  'write s3://bucket/prefix, and for object lock s3://bucket/prefix?lock=COMPLIANCE&days=30; credentials come from AWS_… variables'

/** Reads `s3://bucket/prefix?lock=COMPLIANCE&days=30&legal-hold=on`. A wrong one is not shown, because it may hold a secret. @param option what it was given as @throws CbcError usage */
export function readBucketUrl(text: string, option = '--store'): BucketPlace {
  const [, bucket = '', path = '', query = ''] = FORM.exec(text) ?? []
  if (bucket === '') throw usage(`${option}: no bucket is named like this`, HINT)
  const parts = path.replace(/\/+$/, '').split('/')
  const prefix = parts.join('/')
  if (prefix !== '' && parts.some(part => /^\.{0,2}$|[\p{Cc}\p{Cs}]/u.test(part)))
    throw usage(`${option}: the prefix has a part that is empty, . or .., or a control character`, HINT)
  if (Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) throw usage(`${option}: the prefix has more than ${MAX_PREFIX_BYTES} bytes`)
  return { bucket, prefix, ...readLock(new URLSearchParams(query), option) }
}

function readLock(query: URLSearchParams, option: string): Pick<BucketPlace, 'lock' | 'legalHold'> {
  const { lock, days, 'legal-hold': hold, ...others } = Object.fromEntries(query)
  const [other] = Object.keys(others)
  if (other !== undefined) throw usage(`${option}: there is no setting "${other}"`, HINT)
  if (hold !== undefined && hold !== 'on') throw usage(`${option}: legal-hold is neither on nor left off`, HINT)
  const legalHold = hold === 'on'
  if (lock === undefined && days === undefined) return { legalHold }
  const mode = lock?.toUpperCase()
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw usage(`${option}: lock is neither GOVERNANCE nor COMPLIANCE`, HINT)
  if (!/^[1-9]\d{0,4}$/.test(days ?? '')) throw usage(`${option}: days is not a number of days from 1 to 99999`, HINT)
  return { legalHold, lock: { mode, days: Number(days) } }
}
