import type { Finding } from '../cases/verify/problem.ts'
import { tellSeal } from '../cases/verify/tell-seal.ts'
import type { Verification } from '../cases/verify/verify.ts'
import { formatSize } from '../core/quantity.ts'
import type { Integrity } from './integrity.ts'

/** The most findings that the report names. */
const MOST_FINDINGS = 200

/** What the report says about a case that was checked. @param checked when, milliseconds since 1970 */
export function integrityOf({ ok, lines, files, bytes, head, problems, warnings, seals }: Verification, checked: number): Integrity {
  const all = [...problems.map(told), ...warnings.map(warning => `To know: ${told(warning)}`)]
  const found = problems.length.toLocaleString('en-GB')
  return {
    checked,
    good: ok,
    verdict: ok
      ? 'The case is as it was recorded.'
      : `The case is not as it was recorded: ${found} ${problems.length === 1 ? 'problem' : 'problems'}.`,
    findings: all.slice(0, MOST_FINDINGS),
    more: Math.max(all.length - MOST_FINDINGS, 0),
    facts: [
      ['Lines of the journal', lines.toLocaleString('en-GB')],
      ['SHA-256 of the last line', head.sha256],
      ['Files as recorded', `${files.toLocaleString('en-GB')}, ${formatSize(bytes)}`],
      ...(seals.length === 0 ? [['Seals', 'none'] as const] : seals.map(seal => [`Seal ${seal.seal}`, tellSeal(seal)] as const)),
    ],
  }
}

/** `journal line 7: was changed`, `files/WIN/x: is missing`. */
function told({ line, file, message }: Finding): string {
  return `${file ?? (line === undefined ? 'the journal' : `journal line ${line}`)}: ${message}`
}
