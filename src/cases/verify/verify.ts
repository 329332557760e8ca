import type { CaseFolder, CaseHead } from '../../core/case-folder.ts'
import type { Progress } from '../../core/ports.ts'
import { checkFiles } from './check-files.ts'
import { checkHead } from './check-head.ts'
import { checkSeal, readSeals, type FoundSeal, type SealCheck } from './check-seals.ts'
import { JournalCheck } from './journal-check.ts'
import { isWarning, type Finding } from './problem.ts'
import { explainAdditional } from './unrecorded-files.ts'

/** What came of verifying a case. */
export interface Verification {
  /** It is as it was recorded: there are no problems. */
  ok: boolean
  /** Lines of the journal. */
  lines: number
  /** Files that are as the journal tells, and their bytes. */
  files: number
  bytes: number
  /** Where the journal ends. */
  head: CaseHead
  problems: Finding[]
  warnings: Finding[]
  seals: SealCheck[]
}

/**
 * Checks a case: the journal's chain and its end, every file, every seal. Nothing is asked of anybody, and nothing is written.
 * @throws CbcError io; the signal's reason
 */
export async function verifyCase(folder: CaseFolder, progress: Progress, signal: AbortSignal): Promise<Verification> {
  const [head, found] = [await folder.head(), await readSeals(folder)]
  const journal = new JournalCheck([head?.lines ?? 0, ...found.flatMap(({ seal }) => seal?.statement.lines ?? [])])
  progress.step('Checking the journal')
  await journal.read(folder, signal)
  const { end } = journal
  const ending = await checkEnd(folder, head, journal)
  const { seals, findings: ofSeals } = await checkSeals(folder, found, journal)
  const { files, bytes, findings: ofFiles } = await checkAllFiles(folder, journal, seals, progress, signal)
  progress.end()
  const all = [...journal.findings, ...ending, ...ofSeals, ...ofFiles, ...journal.unfinished()]
  const [problems, warnings] = [all.filter(one => !isWarning(one)), all.filter(isWarning)]
  return { ok: problems.length === 0, lines: end.lines, files, bytes, head: end, problems, warnings, seals }
}

async function checkEnd(folder: CaseFolder, head: CaseHead | undefined, journal: JournalCheck): Promise<Finding[]> {
  const { end, torn } = journal
  const broken = !journal.endChain(head)
  const found: Finding[] = []
  if (head !== undefined) {
    const finding = checkHead(head, { end, torn, broken, at: journal.at(head.lines) })
    const isKnown = journal.findings.some(({ kind, line }) => kind === finding?.kind && line === finding.line)
    if (finding !== undefined && !isKnown) found.push(finding)
  } else if (end.lines > 0) {
    const isThere = (await folder.text('head.json')) !== undefined
    const message = isThere ? 'was changed: it is no head of a journal' : "is missing: whether the journal's end was cut off can't be told"
    found.push({ kind: 'head', file: 'head.json', message })
  }
  if (torn > 0 && found.every(isWarning)) {
    const message = `was cut off after ${torn} bytes, while it was written: it is set aside by the next command that has the case`
    found.push({ kind: 'torn_line', line: end.lines + 1, message })
  }
  return found
}

async function checkSeals(
  folder: CaseFolder,
  found: readonly FoundSeal[],
  journal: JournalCheck,
): Promise<{ seals: SealCheck[]; findings: Finding[] }> {
  const seals: SealCheck[] = []
  const all: Finding[] = []
  for (const one of found) {
    const at = one.seal === undefined ? undefined : journal.at(one.seal.statement.lines)
    const { check, findings } = await checkSeal(folder, one, at, journal.end)
    seals.push(check)
    for (const finding of findings) all.push(finding)
  }
  return { seals, findings: all }
}

/** Checks the files. Where some are additional, others may be working with the case: those files may have come into the journal since. */
async function checkAllFiles(
  folder: CaseFolder,
  journal: JournalCheck,
  seals: readonly SealCheck[],
  progress: Progress,
  signal: AbortSignal,
): Promise<{ files: number; bytes: number; findings: Finding[] }> {
  const { told } = journal
  let done = 0
  const read = (bytes: number) => {
    signal.throwIfAborted()
    progress.at((done += bytes))
  }
  progress.step('Checking files', total(told.values()))
  const first = await checkFiles(folder, told, () => true, read)
  if (first.additional.size === 0) return { ...first, findings: [...first.findings, ...missing(told)] }
  await journal.read(folder, signal)
  const second = await checkFiles(folder, told, file => told.has(file) || first.additional.has(file), read)
  const additional = await explainAdditional(folder, second.additional, { seals, runs: journal.runs })
  return {
    files: first.files + second.files,
    bytes: first.bytes + second.bytes,
    findings: [...first.findings, ...second.findings, ...missing(told), ...additional],
  }
}

function missing(told: JournalCheck['told']): Finding[] {
  return [...told].map(([file, { line, announced }]) =>
    announced
      ? {
          kind: 'unfinished_file',
          file,
          line,
          message: `is not there: line ${line} was written before it, and the command was interrupted`,
        }
      : { kind: 'missing_file', file, line, message: `is missing: line ${line} tells of it` },
  )
}

function total(told: Iterable<{ size: number | undefined }>): number {
  let sum = 0
  for (const { size = 0 } of told) sum += size
  return sum
}
