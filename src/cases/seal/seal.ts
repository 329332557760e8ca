import { sign, verify, type KeyObject } from 'node:crypto'
import type { CaseHead } from '../../core/case-folder.ts'
import { isRecord } from '../../core/is-record.ts'
import type { SigningKey } from './key.ts'

/** What a seal says: that the journal had this end then. */
interface SealStatement extends CaseHead {
  /** ISO 8601, UTC, by the clock of the machine that sealed. */
  time: string
  who: string
  key_id: string
}

/** A seal: the statement as the JSON text that was signed, so that nothing but its bytes counts, and its signature. */
export interface Seal {
  statement: SealStatement
  signed: string
  signature: Buffer
}

/** The name of a seal's file; what belongs to it has the same name with another ending. */
export const SEAL_FILE = /^seals\/\d{4,}\.json$/

/** Returns the name of the file of a seal. */
export function sealFile(number: number): string {
  return `seals/${String(number).padStart(4, '0')}.json`
}

/** Returns the name of the file with the time stamp of a seal. */
export function stampFile(seal: string): string {
  return seal.replace(/json$/, 'tsr')
}

/** Returns the name of the file of a public key. */
export function keyFile(id: string): string {
  return `keys/${id}.pem`
}

/** Seals the end of a journal. @returns the text of the seal's file */
export function makeSeal({ lines, bytes, sha256 }: CaseHead, who: string, time: string, { key, id }: SigningKey): string {
  const statement: SealStatement = { time, who, key_id: id, lines, bytes, sha256 }
  const signed = JSON.stringify(statement)
  return `${JSON.stringify({ statement: signed, signature: sign(null, Buffer.from(signed), key).toString('base64') }, undefined, 1)}\n`
}

/** Reads the file of a seal; undefined where it is none. What it says counts only once its signature was checked. */
export function readSeal(text: string): Seal | undefined {
  const { statement: signed, signature } = recordIn(text)
  if (typeof signed !== 'string' || typeof signature !== 'string') return undefined
  const { time, who, key_id, lines, bytes, sha256 } = recordIn(signed)
  if (![time, who, key_id, sha256].every(one => typeof one === 'string') || ![lines, bytes].every(Number.isSafeInteger)) return undefined
  return {
    statement: { time, who, key_id, lines, bytes, sha256 } as SealStatement,
    signed,
    signature: Buffer.from(signature, 'base64'),
  }
}

/** Whether the key signed the seal. */
export function isSignedBy({ signed, signature }: Seal, key: KeyObject): boolean {
  return verify(null, Buffer.from(signed), key, signature)
}

function recordIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
