import type { CaseFolder, CaseHead } from '../../core/case-folder.ts'
import { sha256Of } from '../../core/sha256.ts'
import { readPublicKey } from '../seal/key.ts'
import { isSignedBy, keyFile, readSeal, SEAL_FILE, stampFile, type Seal } from '../seal/seal.ts'
import { checkTimeStamp, type TimeStampCheck } from './check-time-stamp.ts'
import type { Finding } from './problem.ts'

/** The largest file that can be a seal, bytes. */
const MAX_SEAL_BYTES = 64 * 1024

export interface FoundSeal {
  file: string
  /** Undefined where the file is no seal. */
  seal: Seal | undefined
}

/** What was found out about a seal. */
export interface SealCheck {
  seal: string
  ok: boolean
  key_id?: string
  time?: string
  who?: string
  /** The journal's lines that it seals are the first so many. */
  lines?: number
  signature?: 'valid' | 'invalid' | 'unchecked'
  /** The journal's first lines are still those that were sealed. */
  covered?: boolean
  time_stamp?: TimeStampCheck
}

/** Reads the seals of a case, in their order. @throws CbcError io */
export async function readSeals(folder: CaseFolder): Promise<FoundSeal[]> {
  const found: FoundSeal[] = []
  for await (const { file, size, kind } of folder.list('seals')) {
    if (!SEAL_FILE.test(file) || kind !== 'file') continue
    found.push({ file, seal: size > MAX_SEAL_BYTES ? undefined : readSeal((await folder.text(file)) ?? '') })
  }
  return found
}

/**
 * Checks a seal: its signature with the public key in the case, what it seals, and its time stamp. Nothing is asked of anybody.
 * @param at the end of as many lines of the journal as it seals; undefined where there are not so many
 * @param end where the journal ends
 * @throws CbcError io
 */
export async function checkSeal(
  folder: CaseFolder,
  { file, seal }: FoundSeal,
  at: CaseHead | undefined,
  end: CaseHead,
): Promise<{ check: SealCheck; findings: Finding[] }> {
  if (seal === undefined)
    return { check: { seal: file, ok: false }, findings: [{ kind: 'seal', file, message: 'is no seal: it was changed' }] }
  const { key_id, time, who, lines } = seal.statement
  const findings: Finding[] = []
  const signature = await checkSignature(folder, seal)
  if (signature === 'unchecked')
    findings.push({ kind: 'seal', file, message: `can't be checked: its public key, ${keyFile(key_id)}, is missing or another one` })
  if (signature === 'invalid') findings.push({ kind: 'seal', file, message: `was changed: it is not what key ${key_id} signed` })
  const covered = at !== undefined && at.bytes === seal.statement.bytes && at.sha256 === seal.statement.sha256
  if (!covered) findings.push(uncovered(file, lines, at, end))
  const stamp = await checkTimeStamp(folder, stampFile(file), await sha256Of(folder.read(file)))
  if (stamp !== undefined && !stamp.ok) findings.push({ kind: 'seal', file: stamp.file, message: stamp.problem ?? '' })
  const check = {
    seal: file,
    ok: findings.length === 0,
    key_id,
    time,
    who,
    lines,
    signature,
    covered,
    ...(stamp === undefined ? {} : { time_stamp: stamp }),
  }
  return { check, findings }
}

async function checkSignature(folder: CaseFolder, seal: Seal): Promise<'valid' | 'invalid' | 'unchecked'> {
  const { key_id: id } = seal.statement
  if (!/^[0-9a-f]{16}$/.test(id)) return 'invalid'
  const key = readPublicKey(await folder.text(keyFile(id)))
  if (key?.id !== id) return 'unchecked'
  return isSignedBy(seal, key.key) ? 'valid' : 'invalid'
}

function uncovered(file: string, lines: number, at: CaseHead | undefined, end: CaseHead): Finding {
  return at === undefined
    ? { kind: 'cut_off', file, line: end.lines, message: `seals ${lines} lines, and the journal has ${end.lines}: its end was cut off` }
    : {
        kind: 'seal',
        file,
        line: lines,
        message: `seals other lines than the first ${lines} of the journal: they were changed after it was sealed`,
      }
}
