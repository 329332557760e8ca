import type { Finding } from '../../cases/verify/problem.ts'
import type { SealCheck } from '../../cases/verify/check-seals.ts'
import { tellSeal } from '../../cases/verify/tell-seal.ts'
import type { Verification } from '../../cases/verify/verify.ts'
import { EXIT_CODES } from '../../core/errors.ts'
import { formatSize } from '../../core/quantity.ts'
import { fieldsOf, object, type Column, type Mark, type Row } from '../../core/result.ts'
import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { CASE } from './folder.ts'

const COLUMNS: Column[] = [
  { key: 'kind', mark: row => row['mark'] as Mark },
  { key: 'line', align: 'right' },
  { key: 'file', flexible: 'middle' },
  { key: 'message', evidence: true },
]

const FIELDS = ['path', 'ok', 'lines', 'files', 'bytes', 'head', 'problems', 'warnings', 'seals']

/** `cbc case verify`. */
export const verify = defineProgramVerb({
  summary: 'check that a case is as it was recorded: its journal, every file, every seal',
  details:
    'Names each line that was changed, is missing, was repeated or moved, an end that was cut off, and each file that was changed, is missing or is there besides. Exit code 7 where anything is. What happens without anybody changing the case, such as a clock that was set back or a line that a dead process left unfinished, is a warning: exit code 0. Needs no network and writes nothing. Seals are checked with the public keys in the case: compare the key ids with those that the analysts told you. Time stamps are checked as far as that goes without a list of trusted authorities; the result has the line of openssl that does the rest.',
  examples: [
    { line: 'cbc case verify /evidence/2026-114', does: 'whether it is as it was recorded' },
    { line: 'cbc case verify /evidence/2026-114 --json', does: '`{ok, lines, files, problems, warnings, seals}`' },
  ],
  example: line => line,
  fields: fieldsOf(COLUMNS, ...FIELDS),
  arguments: { case: CASE },
  options: {},
  async run({ case: path }, { host, progress }) {
    const { verifyCase } = await import('../../cases/verify/verify.ts')
    const folder = await host.caseFolder(path)
    const found = await verifyCase(folder, progress, host.interrupt)
    return {
      ...object({ path: folder.path, ...found }, COLUMNS),
      rows: [
        summary(folder.path, found),
        ...found.problems.map(problemRow),
        ...found.warnings.map(warningRow),
        ...found.seals.map(sealRow),
      ],
      exitCode: found.ok ? 0 : EXIT_CODES.partial,
    }
  },
})

function summary(path: string, { ok, lines, files, bytes, problems }: Verification): Row {
  const what = `${counted(lines, 'line')}, ${counted(files, 'file')} (${formatSize(bytes)})`
  return ok
    ? { kind: 'intact', file: path, message: `as it was recorded: ${what}`, mark: 'good' }
    : { kind: 'not intact', file: path, message: `${counted(problems.length, 'problem')}; as they were recorded: ${what}`, mark: 'bad' }
}

function problemRow(finding: Finding): Row {
  return { ...finding, mark: 'bad' }
}

function warningRow(finding: Finding): Row {
  return { ...finding, mark: 'odd' }
}

function sealRow(check: SealCheck): Row {
  const { seal, ok, lines } = check
  return { kind: 'seal', file: seal, ...(lines === undefined ? {} : { line: lines }), message: tellSeal(check), mark: ok ? 'good' : 'bad' }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`
}
