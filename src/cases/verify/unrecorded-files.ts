import type { CaseFolder } from '../../core/case-folder.ts'
import { sha256Of } from '../../core/sha256.ts'
import { readPublicKey } from '../seal/key.ts'
import { keyFile, stampFile } from '../seal/seal.ts'
import type { SealCheck } from './check-seals.ts'
import type { Finding } from './problem.ts'

/**
 * What the program knows of a run on several devices, to go on with it: it changes as long as the run does. What came of each device is in
 * the case's own journal.
 */
const RUN_FILE =
  /^runs\/([^/]+)\/(?:(?:run\.json|failed\.txt|joblog\.tsv|cancel)(?:\.\d+)?|lines\.jsonl|journal\.jsonl(?:\.lock)?|\.journal\.jsonl\.lock\.[\w.-]+)$/

/**
 * Says what is wrong with files that the journal doesn't tell of. What was written by a process that died before it wrote the line in the
 * journal proves itself: a seal by its signature, a key, a result or the state before a change by its name, which is its hash.
 * @throws CbcError io
 */
export async function explainAdditional(
  folder: CaseFolder,
  files: Iterable<string>,
  { seals, runs }: { seals: readonly SealCheck[]; runs: ReadonlySet<string> },
): Promise<Finding[]> {
  const proven = new Set(seals.filter(({ ok }) => ok).flatMap(({ seal, key_id: id = '' }) => [seal, stampFile(seal), keyFile(id)]))
  const findings: Finding[] = []
  for (const file of files) {
    const run = RUN_FILE.exec(file)?.[1]
    if (run !== undefined && runs.has(run)) continue
    findings.push(proven.has(file) ? unrecorded(file) : run === undefined ? await explain(folder, file) : begun(file, run))
  }
  return findings
}

/** What a transfer that was cut off leaves, to be resumed. */
const PARTIAL = /^files\/.*\.part(\.json)?$/s

async function explain(folder: CaseFolder, file: string): Promise<Finding> {
  const [, id] = /^keys\/([0-9a-f]{16})\.pem$/.exec(file) ?? []
  if (id !== undefined && readPublicKey(await folder.text(file))?.id === id)
    return { kind: 'unused_key', file, message: 'is a public key that no seal uses' }
  if (PARTIAL.test(file))
    return { kind: 'unfinished_file', file, message: 'is a part of a file whose transfer was cut off: it is no evidence' }
  if (await hashIsName(folder, file))
    return {
      kind: 'unfinished_file',
      file,
      message: 'was written for a command whose line is missing: that was interrupted; it is no evidence',
    }
  return { kind: 'additional_file', file, message: 'is besides: the journal does not tell of it' }
}

/** Whether a file is named after its content, as what is kept before its line in the journal. */
async function hashIsName(folder: CaseFolder, file: string): Promise<boolean> {
  const [, hash] = /^(?:undo|results|torn)\/([0-9a-f]{64})(?:\.json|\.bin)?$/.exec(file) ?? []
  return hash !== undefined && (await sha256Of(folder.read(file))) === hash
}

function begun(file: string, run: string): Finding {
  return {
    kind: 'unfinished_file',
    file,
    message: `belongs to the run ${run}, of which the journal has no line: it was interrupted as it began`,
  }
}

function unrecorded(file: string): Finding {
  return { kind: 'unrecorded_seal', file, message: 'is right, but the journal does not tell of it: sealing was interrupted' }
}
