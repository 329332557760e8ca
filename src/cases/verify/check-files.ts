import type { CaseFolder, CaseFolderEntry } from '../../core/case-folder.ts'
import { concurrentMap } from '../../core/concurrent-map.ts'
import { CbcError } from '../../core/errors.ts'
import { sha256Of } from '../../core/sha256.ts'
import { HEAD, isDerived, isLock, isUnfinished, JOURNAL } from '../folder-parts.ts'
import { isClaim } from '../home.ts'
import type { Told } from './journal-check.ts'
import type { Finding } from './problem.ts'

/** Files that are read at once: enough for a disk to have always something to do, while one is being hashed. */
const AT_ONCE = 4

/** What came of comparing the files of a case with what the journal tells. */
export interface CheckedFiles {
  /** How many are as the journal tells, and their bytes. */
  files: number
  bytes: number
  findings: Finding[]
  /** Those that the journal doesn't tell of. */
  additional: Set<string>
}

/**
 * Reads the files of a case and compares them with what the journal tells. Memory grows with the number of files, not with their size.
 * @param told those that were read are taken out: what is left in it is missing
 * @param wanted which files to look at
 * @param read called with the bytes that were read; what it throws ends the work
 */
export async function checkFiles(
  folder: CaseFolder,
  told: Map<string, Told>,
  wanted: (file: string) => boolean,
  read: (bytes: number) => void,
): Promise<CheckedFiles> {
  const checked: CheckedFiles = { files: 0, bytes: 0, findings: [], additional: new Set() }
  const check = async (entry: CaseFolderEntry): Promise<Finding | undefined> => {
    const expected = told.get(entry.file)
    told.delete(entry.file)
    const odd = oddity(entry)
    if (odd !== undefined) return odd
    if (expected !== undefined) return await compare(folder, entry, expected, read)
    if (await isClaim(folder, entry)) return undefined
    checked.additional.add(entry.file)
    return undefined
  }
  for await (const { entry, finding } of concurrentMap(
    evidence(folder, wanted),
    async entry => ({ entry, finding: await check(entry) }),
    AT_ONCE,
  )) {
    if (finding !== undefined) checked.findings.push(finding)
    else if (!checked.additional.has(entry.file)) {
      checked.files += 1
      checked.bytes += entry.size
    }
  }
  return checked
}

async function* evidence(folder: CaseFolder, wanted: (file: string) => boolean): AsyncGenerator<CaseFolderEntry> {
  for await (const entry of folder.list()) {
    if (isDerived(entry.file) || (entry.kind === 'file' && isOfJournal(entry.file))) continue
    if (wanted(entry.file)) yield entry
  }
}

/** Whether it is the journal itself, or belongs to it. */
function isOfJournal(file: string): boolean {
  return file === JOURNAL || file === HEAD || isLock(file)
}

/** What is wrong with an entry whatever the journal tells. */
function oddity({ file, kind }: CaseFolderEntry): Finding | undefined {
  if (kind === 'link') return { kind: 'link', file, message: 'is a link, which can lead to anything' }
  if (kind === 'other') return { kind: 'special_file', file, message: 'is no file, or its name is no text' }
  return isUnfinished(file)
    ? { kind: 'unfinished_file', file, message: 'is being written, or was when a process died: it is no evidence' }
    : undefined
}

async function compare(
  folder: CaseFolder,
  { file, size }: CaseFolderEntry,
  { sha256, size: expected, line }: Told,
  read: (bytes: number) => void,
): Promise<Finding | undefined> {
  const changed = (how: string): Finding => ({ kind: 'changed_file', file, line, message: `was changed: ${how}` })
  if (expected !== undefined && expected !== size) return changed(`it has ${size} bytes, and line ${line} tells of ${expected}`)
  try {
    const actual = await sha256Of(counted(folder.read(file), read))
    return actual === sha256 ? undefined : changed(`its SHA-256 is ${actual}, and line ${line} tells of ${sha256}`)
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return { kind: 'unreadable_file', file, line, message: `can't be read: ${error.message}` }
  }
}

async function* counted(bytes: AsyncIterable<Uint8Array>, read: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    read(chunk.length)
    yield chunk
  }
}
