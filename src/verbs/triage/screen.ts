import type { Column, Row } from '../../core/result.ts'
import { shortened } from '../../core/text/shorten.ts'
import { wrapped } from '../../core/text/wrap.ts'

export const TRIAGE_COLUMNS: Column[] = [
  { key: 'severity' },
  { key: 'score', align: 'right', priority: 1 },
  { key: 'kind' },
  { key: 'pid', align: 'right', priority: 2 },
  { key: 'path', flexible: 'middle' },
  { key: 'reason', evidence: true },
]

/** The greatest width of sentences, characters: longer lines are hard to read. Lines of commands are never broken, so that they can be copied. */
const MAX_WIDTH = 100
/** The most characters of a command line that are shown. */
const MAX_SHOWN = 400

/** Draws what triage found. @param odd how many findings are not shown @param since how long files count as new, in words */
export function screenOf(odd: number, since: string): (row: Row, width: number) => string[] {
  return (value, terminal) => {
    const width = Math.min(terminal - 1, MAX_WIDTH)
    const { device, findings, looked_at: looked, not_looked_at: missed, users } = value as unknown as Screen
    const counts = Object.entries(looked).flatMap(([kind, count]) => (count === 0 ? [] : `${count} ${plural(kind, count)}`))
    const high = findings.filter(({ severity }) => severity === 'high').length
    const head =
      findings.length === 0 ? 'nothing that stands out' : `${findings.length} ${plural('finding', findings.length)}, ${high} of them high`
    return [
      `${device}: ${head}`,
      ...findings.flatMap(finding => ['', ...linesOf(finding, width)]),
      '',
      ...wrapped(`Looked at ${counts.join(', ')} (files of the last ${since}).`, width),
      ...(users.length === 0 ? [] : ['Logged on:', ...users.map(user => `  ${user}`)]),
      ...missed.flatMap(({ what, why }) => wrapped(`Not looked at: ${what}: ${why}`, width)),
      ...(odd === 0
        ? []
        : [`${odd} more ${odd === 1 ? 'is only slightly odd: --all shows it' : 'are only slightly odd: --all shows them'}.`]),
    ]
  }
}

interface Shown {
  severity: string
  reason: string
  path: string | null
  command_line: string | null
  decoded_command: string | null
  chain: string[]
  user: string | null
  time: string | null
  next: string[]
}

interface Screen {
  device: string
  findings: Shown[]
  looked_at: Record<string, number>
  not_looked_at: { what: string; why: string }[]
  users: string[]
}

function linesOf(
  { severity, reason, command_line: command, decoded_command: decoded, chain, user, time, next }: Shown,
  width: number,
): string[] {
  const indent = ' '.repeat(8)
  const part = (label: string, text: string) =>
    wrapped(`${label} ${shortened(text, MAX_SHOWN)}`, width - indent.length).map(line => indent + line)
  const [first = '', ...more] = wrapped(reason, width - indent.length)
  return [
    `${severity.toUpperCase().padEnd(indent.length)}${first}`,
    ...more.map(line => indent + line),
    ...(chain.length === 0 ? [] : part('from', chain.join(' > '))),
    ...(command === null || command === '' ? [] : part('line', command)),
    ...(decoded === null ? [] : part('is  ', decoded)),
    ...(user === null && time === null
      ? []
      : part(time === null ? 'user' : 'when', [time, user].filter(text => text !== null && text !== '').join(', '))),
    ...next.map(line => `${indent}> ${line}`),
  ]
}

/** A number of things: `1 task`, `3 processes`. */
function plural(kind: string, count: number): string {
  if (count === 1) return kind
  return kind.endsWith('s') ? `${kind}es` : `${kind}s`
}
