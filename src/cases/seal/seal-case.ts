import { createHash } from 'node:crypto'
import type { CaseFolder } from '../../core/case-folder.ts'
import { CbcError } from '../../core/errors.ts'
import type { Clock, Progress, Random } from '../../core/ports.ts'
import { appendLines } from '../journal.ts'
import type { JournalLine } from '../journal-line.ts'
import { stampIn } from '../verify/check-time-stamp.ts'
import { verifyCase } from '../verify/verify.ts'
import type { SigningKey } from './key.ts'
import { keyFile, makeSeal, SEAL_FILE, sealFile, stampFile } from './seal.ts'
import { hexNumber, timeStampRequest, type TimeStamp } from './time-stamp.ts'

/** Bytes of the number that a time-stamping authority repeats in its answer. */
const NONCE_BYTES = 8

export interface Sealing {
  who: NonNullable<JournalLine['who']>
  key: SigningKey
  /** Has a TimeStampReq answered by a time-stamping authority. */
  authority?: { name: string; ask(request: Uint8Array): Promise<Uint8Array> }
  clock: Pick<Clock, 'now'>
  random: Random
  progress: Progress
  signal: AbortSignal
}

/** A case that was sealed. */
export interface Sealed {
  seal: string
  sha256: string
  key_id: string
  /** How many lines of the journal are sealed. */
  lines: number
  time: string
  time_stamp?: Pick<TimeStamp, 'time' | 'serial' | 'policy'> & { file: string }
}

/**
 * Seals the journal of a case as far as it goes now. The case is verified first: a seal says that it was right.
 * @throws CbcError refused: the case is not as it was recorded; network: the authority's answer is none; io
 */
export async function sealCase(folder: CaseFolder, sealing: Sealing): Promise<Sealed> {
  const { who, key, clock, progress, signal } = sealing
  const { ok, problems, head } = await verifyCase(folder, progress, signal)
  const [first] = problems
  if (!ok || head.lines === 0) {
    const why =
      first === undefined
        ? 'its journal has no lines'
        : `${[first.line === undefined ? [] : `line ${first.line}`, first.file ?? []].flat().join(', ')} ${first.message}`
    const hint =
      problems.length > 1 ? `\`cbc case verify\` names all ${problems.length} problems` : 'a seal would say that it is as it was recorded'
    throw new CbcError('refused', `${folder.path}: is not sealed: ${why}`, { hint })
  }
  const time = new Date(clock.now()).toISOString()
  const seal = Buffer.from(makeSeal(head, `${who.user}@${who.host}`, time, key))
  const sha256 = sha256Hex(seal)
  const stamp = await stamped(seal, sealing)
  const files = await write(folder, seal, key, stamp?.answer)
  const [file = ''] = files.map(one => one.file)
  await appendLines(folder, clock, [{ event: 'sealed', who, seal: file, sha256, key_id: key.id, sealed: files }])
  const time_stamp = stamp === undefined ? {} : { time_stamp: { file: stampFile(file), ...stamp.facts } }
  return { seal: file, sha256, key_id: key.id, lines: head.lines, time, ...time_stamp }
}

/** Has the seal stamped. @throws CbcError network: the authority refused, or its answer is none */
async function stamped(
  seal: Uint8Array,
  { authority, random }: Sealing,
): Promise<{ answer: Uint8Array; facts: Pick<TimeStamp, 'time' | 'serial' | 'policy'> } | undefined> {
  if (authority === undefined) return undefined
  const nonce = Buffer.from(Array.from({ length: NONCE_BYTES }, () => random.below(256)))
  const hash = createHash('sha256').update(seal).digest()
  const answer = await authority.ask(timeStampRequest(hash, nonce))
  const { stamp, problem } = stampIn(answer, hash.toString('hex'), hexNumber(nonce))
  if (problem !== undefined || stamp === undefined) {
    throw new CbcError('network', `${authority.name}: the answer ${problem ?? ''}`, {
      hint: 'nothing was sealed: try again, or leave --tsa off',
    })
  }
  const { time, serial, policy } = stamp
  return { answer, facts: { time, serial, policy } }
}

/** Writes the files of a seal, the seal itself first in what is returned. */
async function write(
  folder: CaseFolder,
  seal: Buffer,
  key: SigningKey,
  answer: Uint8Array | undefined,
): Promise<{ file: string; sha256: string; bytes: number }[]> {
  const publicKey = Buffer.from(key.publicKey)
  const told = (file: string, bytes: Uint8Array) => ({ file, sha256: sha256Hex(bytes), bytes: bytes.length })
  if (!(await folder.writeNew(keyFile(key.id), publicKey)) && (await folder.text(keyFile(key.id))) !== key.publicKey)
    throw new CbcError('refused', `${folder.path}: ${keyFile(key.id)} is not the public key of that name`)
  let number = await nextNumber(folder)
  // Somebody else may be sealing, too.
  while (!(await folder.writeNew(sealFile(number), seal))) number += 1
  const file = sealFile(number)
  const files = [told(file, seal), told(keyFile(key.id), publicKey)]
  if (answer === undefined) return files
  await folder.writeNew(stampFile(file), answer)
  return [...files, told(stampFile(file), answer)]
}

async function nextNumber(folder: CaseFolder): Promise<number> {
  let last = 0
  for await (const { file } of folder.list('seals'))
    if (SEAL_FILE.test(file)) last = Math.max(last, Number.parseInt(file.slice('seals/'.length), 10))
  return last + 1
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
