import type { Finding } from '../cases/verify/problem.ts'
import { tellSeal } from '../cases/verify/tell-seal.ts'
import type { Verification } from '../cases/verify/verify.ts'
import { formatSize } from '../core/quantity.ts'
import type { Integrity } from './integrity.ts'

/** The most findings that the report names. */
const MOST_FINDINGS = 200
/** How many warnings of one kind it names: a run that was killed leaves one for each of its devices. */
const MOST_ALIKE = 3

/** What the report says about a case that was checked. @param checked when, milliseconds since 1970 */
export function integrityOf({ ok, lines, files, bytes, head, problems, warnings, seals }: Verification, checked: number): Integrity {
  const all = [...problems.map(told), ...toKnow(warnings)]
  const found = problems.length.toLocaleString('en-GB')
  return {
    checked,
    good: ok,
    verdict: ok
      ? 'The case is as it was recorded.'
      : `The case is not as it was recorded: ${found} ${problems.length === 1 ? 'problem' : 'problems'}.`,
    findings: all.slice(0, MOST_FINDINGS),
    explained: explained(ok, seals),
    more: Math.max(all.length - MOST_FINDINGS, 0),
    facts: [
      ['Lines of the journal', lines.toLocaleString('en-GB')],
      ['SHA-256 of the last line', head.sha256],
      ['Files as recorded', `${files.toLocaleString('en-GB')}, ${formatSize(bytes)}`],
      ...(seals.length === 0 ? [['Seals', 'none'] as const] : seals.map(seal => [`Seal ${seal.seal}`, tellSeal(seal)] as const)),
    ],
  }
}

/** Says what the verdict rests on, for somebody who doesn't know how a case works. */
function explained(ok: boolean, seals: Verification['seals']): string {
  const chain =
    'Each line of the journal holds the SHA-256 of the line before it, and of every file that it tells of, so that a change to any of them shows.'
  const good = seals.findLast(seal => seal.ok)
  if (!ok || good === undefined) return chain
  const stamped = good.time_stamp?.ok === true ? ', and an authority for time stamps confirmed when' : ''
  return `${chain} The end of the journal was signed with the key ${good.key_id ?? ''} on ${good.time ?? ''}${stamped}: without that key nobody could have changed anything from before unnoticed since. Compare the key with the one that the analyst told you by another way.`
}

/** Tells the first warnings of each kind, and how many others are like them. */
function toKnow(warnings: readonly Finding[]): string[] {
  const kinds = new Map<string, string[]>()
  for (const warning of warnings) {
    const alike = kinds.get(warning.kind) ?? []
    alike.push(`To know: ${told(warning)}`)
    kinds.set(warning.kind, alike)
  }
  return [...kinds.values()].flatMap(alike => {
    const others = alike.length - MOST_ALIKE
    if (others <= 0) return alike
    return [...alike.slice(0, MOST_ALIKE), `${others.toLocaleString('en-GB')} more like these; cbc case verify names all of them`]
  })
}

/** `journal line 7: was changed`, `files/WIN/x: is missing`. */
function told({ line, file, message }: Finding): string {
  return `${file ?? (line === undefined ? 'the journal' : `journal line ${line}`)}: ${message}`
}
