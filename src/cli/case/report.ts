import { basename, join } from 'node:path'
import { readJournal } from '../../cases/read-journal.ts'
import { verifyCase } from '../../cases/verify/verify.ts'
import type { JournalLine } from '../../cases/journal-line.ts'
import type { CaseFolder } from '../../core/case-folder.ts'
import type { LocalFiles } from '../../core/ports.ts'
import { fieldsOf, object, type Column } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { integrityOf } from '../../report/verified.ts'
import { writeReport } from '../../report/write-report.ts'
import { flag, optional } from '../../verbs/define.ts'
import { CASE } from './folder.ts'

/** The name of a report in the folder of its case. */
const REPORT = 'report.html'

const COLUMNS: Column[] = [
  { key: 'path', evidence: true },
  { key: 'ok', title: 'as recorded' },
  { key: 'bytes', kind: 'size' },
  { key: 'lines' },
]

/** `cbc case report`. */
export const report = defineProgramVerb({
  summary: 'write a report of a case for somebody who was not there: one page of HTML',
  details:
    'The page tells what happened on which device, when and by whom, with all files and results, and asks no server for anything. The case is checked first, as `cbc case verify` does, and the page begins with what came of that. In the folder of the case it replaces the report before.',
  examples: [
    { line: 'cbc case report /evidence/2026-114', does: 'as report.html in the folder of the case' },
    { line: 'cbc case report /evidence/2026-114 handover.html', does: 'as a file elsewhere' },
  ],
  example: line => line,
  fields: fieldsOf(COLUMNS),
  arguments: { case: CASE, file: optional('local-path', `where the page goes; default: ${REPORT} in the folder of the case`) },
  options: { force: flag('-f, --force', 'overwrite FILE') },
  async run({ case: path, file, force }, { host, progress }) {
    const folder = await host.caseFolder(path)
    const checked = host.clock.now()
    const found = await verifyCase(folder, progress, host.interrupt)
    const counts = { bytes: 0, lines: 0 }
    const page = writeReport({
      folder,
      lines: journal(folder, counts),
      name: basename(folder.path),
      integrity: integrityOf(found, checked),
      made: { at: host.clock.now(), by: `cbc ${host.about.version}` },
    })
    const sized = measured(page, counts, host.interrupt)
    const written = file === undefined ? await intoCase(folder, sized) : await intoFile(host.local, file, force, sized)
    return object({ path: written, ok: found.ok, ...counts }, COLUMNS)
  },
})

async function* journal(folder: CaseFolder, counts: { lines: number }): AsyncGenerator<{ line: JournalLine | undefined }> {
  for await (const { line, complete } of readJournal(folder)) {
    counts.lines += 1
    yield { line: complete ? line : undefined }
  }
}

async function* measured(page: AsyncIterable<Uint8Array>, counts: { bytes: number }, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of page) {
    signal.throwIfAborted()
    counts.bytes += chunk.length
    yield chunk
  }
}

async function intoCase(folder: CaseFolder, page: AsyncIterable<Uint8Array>): Promise<string> {
  await folder.replace(REPORT, page)
  return join(folder.path, REPORT)
}

/** @throws CbcError refused: there is such a file, and `overwrite` is false; io */
async function intoFile(local: LocalFiles, file: string, overwrite: boolean, page: AsyncIterable<Uint8Array>): Promise<string> {
  const target = await local.create(file, REPORT, overwrite)
  try {
    for await (const chunk of page) await target.write(chunk)
    await target.commit()
  } catch (error) {
    await target.discard()
    throw error
  }
  return target.path
}
