import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { appendLines, type NewLine } from '../../src/cases/journal.ts'
import { verifyCase, type Verification } from '../../src/cases/verify/verify.ts'
import type { CaseFolder } from '../../src/core/case-folder.ts'
import { SILENT } from '../../src/core/ports.ts'
import { openCaseFolder } from '../../src/host/case-folder.ts'
import { clock, random } from '../../src/host/clock.ts'
import { testFolder } from './folder.ts'

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Makes a case with a journal of the given lines. */
export async function caseOf(...lines: NewLine[]): Promise<CaseFolder> {
  const folder = await openCaseFolder(join(testFolder(), 'case'), clock, random, true)
  if (lines.length > 0) await appendLines(folder, clock, lines)
  return folder
}

/** Puts a file into a case, and a line that tells of it into the journal. */
export async function record(folder: CaseFolder, file: string, text: string): Promise<void> {
  await folder.writeNew(file, Buffer.from(text))
  const told = { file, path: `C:\\${file}`, size: Buffer.byteLength(text), sha256: sha256(text) }
  await appendLines(folder, clock, [
    { event: 'finished', operation: file, verb: 'get', line: `get ${told.path}`, outcome: 'done', files: [told] },
  ])
}

/** Makes a case with a few lines and files of all kinds. */
export async function recordedCase(): Promise<CaseFolder> {
  const folder = await caseOf({ event: 'started', operation: 'a', verb: 'rm', line: 'rm C:\\x', who: { user: 'ann', host: 'ws-12' } })
  await appendLines(folder, clock, [{ event: 'finished', operation: 'a', verb: 'rm', line: 'rm C:\\x', outcome: 'done' }])
  await record(folder, 'files/WIN-FIN-01/C/Users/ann/a.txt', 'the first file')
  await record(folder, 'files/WIN-FIN-01/C/Users/ann/émpty', '')
  const result = '[{"process_pid":4}]'
  await folder.writeNew(`results/${sha256(result)}.json`, Buffer.from(result))
  const told = { file: `results/${sha256(result)}.json`, sha256: sha256(result), bytes: result.length, rows: 1 }
  await appendLines(folder, clock, [{ event: 'finished', operation: 'b', verb: 'ps', line: 'ps', outcome: 'done', result: told }])
  return folder
}

export async function verified(folder: CaseFolder): Promise<Verification> {
  return await verifyCase(folder, SILENT, new AbortController().signal)
}
