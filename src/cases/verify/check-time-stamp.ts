import type { CaseFolder } from '../../core/case-folder.ts'
import { inMemory } from '../../core/bounded.ts'
import { CbcError } from '../../core/errors.ts'
import { readTimeStamp, type TimeStamp } from '../seal/time-stamp.ts'

/** What was found out about the time stamp of a seal, without asking anybody. */
export interface TimeStampCheck {
  file: string
  ok: boolean
  problem?: string
  time?: string
  serial?: string
  policy?: string
  /** Of the certificate in the answer: whose it is, and who says so. Whether one trusts them is not checked. */
  authority?: string
  issuer?: string
  signature?: TimeStamp['signature']['state']
  /** Why the signature can't be checked here. */
  unchecked?: string
  /** What checks all of it, together with the authority's own certificates. */
  openssl?: string
}

/**
 * Checks the answer of a time-stamping authority: that it stamped the seal, and its signature.
 * @param file of the answer
 * @param sha256 hex, of the seal's file
 * @returns undefined where there is no answer
 * @throws CbcError io
 */
export async function checkTimeStamp(folder: CaseFolder, file: string, sha256: string): Promise<TimeStampCheck | undefined> {
  let answer: Uint8Array
  try {
    answer = await inMemory(folder.read(file))
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
  const { stamp, problem } = stampIn(answer, sha256)
  const openssl = `openssl ts -verify -data ${file.replace(/tsr$/, 'json')} -in ${file} -CAfile AUTHORITY.pem`
  if (stamp === undefined) return { file, ok: false, problem }
  const { time, serial, policy, signature } = stamp
  const signer = signature.state === 'valid' ? { authority: signature.subject, issuer: signature.issuer } : {}
  const unchecked = signature.state === 'unchecked' ? { unchecked: signature.why } : {}
  const failed = problem === undefined ? {} : { problem }
  return { file, ok: problem === undefined, ...failed, time, serial, policy, ...signer, signature: signature.state, ...unchecked, openssl }
}

/**
 * Reads the answer of a time-stamping authority.
 * @param sha256 hex, of what it should have stamped
 * @param nonce hex, of the request
 */
export function stampIn(
  answer: Uint8Array,
  sha256: string,
  nonce?: string,
): { stamp: TimeStamp; problem: string | undefined } | { stamp?: undefined; problem: string } {
  const stamp = readTimeStamp(answer)
  if ('problem' in stamp) return stamp
  return { stamp, problem: problemOf(stamp, sha256, nonce) }
}

function problemOf({ imprint, nonce: answered, signature }: TimeStamp, sha256: string, nonce: string | undefined): string | undefined {
  if (imprint !== sha256) return 'is a time stamp of something else'
  if (nonce !== undefined && answered !== nonce) return 'is the answer to another request'
  return signature.state === 'invalid' ? `has a signature that is not valid: ${signature.why}` : undefined
}
