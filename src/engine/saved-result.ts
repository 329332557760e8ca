import { createHash } from 'node:crypto'
import type { CaseFolder } from '../core/case-folder.ts'
import { snapshotOf, type Identity, type Snapshot } from '../core/difference.ts'
import { CbcError } from '../core/errors.ts'
import { isRecord } from '../core/is-record.ts'
import type { Row } from '../core/result.ts'

/** What a saved result is of. */
export interface SavedFacts {
  /** The verb's whole name, with its family where it has one: `usb block list`. */
  verb: string
  arguments: Record<string, unknown>
  device?: { id: number; name?: string }
  /** When it was saved, ISO 8601. */
  time: string
}

/** A result that was saved in a case. */
export interface SavedResult extends SavedFacts {
  things: Row[]
  unread: string[]
  incomplete: boolean
}

/** The folder of saved results, below the case's. */
const FOLDER = 'saved'

/** Returns the file of a saved result, below the case's folder. */
function savedFile(name: string): string {
  return `${FOLDER}/${name}.json`
}

/** Reads a saved result; undefined where there is none of that name. @throws CbcError io: the file is no such result */
export async function readSaved(folder: CaseFolder, name: string): Promise<SavedResult | undefined> {
  if (!/^\w[\w.-]*$/.test(name)) return undefined
  const text = await wholeText(folder, savedFile(name))
  return text === undefined ? undefined : parsed(text, `${folder.path}/${savedFile(name)}`)
}

/** A result may be too large for what `CaseFolder.text` is for. */
async function wholeText(folder: CaseFolder, file: string): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of folder.read(file)) chunks.push(Buffer.from(chunk))
  } catch (error) {
    if (error instanceof CbcError && error.code === 'not_found') return undefined
    throw error
  }
  return Buffer.concat(chunks).toString()
}

function parsed(text: string, path: string): SavedResult {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    // It is refused below.
  }
  if (!isRecord(found) || typeof found['verb'] !== 'string' || !Array.isArray(found['things']) || !found['things'].every(isRecord))
    throw new CbcError('io', `${path}: is not a result that was saved`)
  const { unread, incomplete } = found
  const paths = Array.isArray(unread) ? unread.map(String) : []
  return { ...(found as unknown as SavedResult), unread: paths, incomplete: incomplete === true }
}

/** Writes a result into a case. @param clean takes the credentials out of text @returns what the journal tells of it @throws CbcError refused: there is one of that name; io */
export async function writeSaved(
  folder: CaseFolder,
  name: string,
  facts: SavedFacts,
  { things, unread, incomplete }: Snapshot,
  clean: (text: string) => string,
): Promise<{ file: string; sha256: string; bytes: number; rows: number }> {
  const saved: SavedResult = { ...facts, things: [...things.values()], unread: [...unread], incomplete }
  const bytes = Buffer.from(`${clean(JSON.stringify(saved))}\n`)
  const file = savedFile(name)
  if (!(await folder.writeNew(file, bytes))) throw alreadySaved(name)
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, rows: things.size }
}

/** The error where there is a result of that name: what a case holds is never replaced. */
export function alreadySaved(name: string): CbcError {
  return new CbcError('refused', `--save ${name}: the case has a result of this name`, {
    hint: 'give it another name: what a case holds is never replaced',
  })
}

/** Takes a saved result apart, as it is compared now. */
export async function snapshotOfSaved({ things, unread, incomplete }: SavedResult, identity: Identity): Promise<Snapshot> {
  const { things: _, ...same } = identity
  return { ...(await snapshotOf(things, same)), unread, incomplete }
}
