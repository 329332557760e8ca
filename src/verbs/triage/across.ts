import { list, type Column, type Result, type Row } from '../../core/result.ts'
import type { DeviceResult } from '../define.ts'
import { isOwn } from './item.ts'

/** How many devices a row names. */
const MAX_NAMED = 5

const COLUMNS: Column[] = [
  { key: 'devices', align: 'right' },
  { key: 'severity' },
  { key: 'kind' },
  { key: 'what', flexible: 'middle' },
  { key: 'on', evidence: true, text: row => namesIn(row['on'] as string[]) },
]

/** The same thing on several devices. */
interface Seen {
  severity: string
  score: number
  kind: string
  what: string
  on: Set<string>
}

/** Counts on how many devices each finding is: the gravest first, then what is on most of them. */
export function across(results: readonly DeviceResult[]): Result {
  const seen = new Map<string, Seen>()
  for (const { device, result } of results) {
    const findings = result.kind === 'object' && Array.isArray(result.value['findings']) ? (result.value['findings'] as Row[]) : []
    for (const finding of findings) {
      const [kind, what] = [String(finding['kind']), whatOf(finding)]
      const key = `${kind} ${what.toLowerCase()}`
      const known = seen.get(key) ?? { severity: '', score: -1, kind, what, on: new Set<string>() }
      const score = Number(finding['score'])
      seen.set(key, score > known.score ? { ...known, score, severity: String(finding['severity']) } : known)
      known.on.add(device.name ?? String(device.id))
    }
  }
  const rows = [...seen.values()]
    .sort((a, b) => b.score - a.score || b.on.size - a.on.size)
    .map(({ on, ...row }) => ({ devices: on.size, ...row, on: [...on].sort() }))
  return list(rows, COLUMNS, `nothing that stands out on ${results.length} devices`)
}

/** What a finding is about, without what differs from user to user. */
function whatOf({ kind, path, key, value, user, command_line, decoded_command, reason }: Row): string {
  const isOwnProgram = typeof path === 'string' && isOwn(path)
  const what =
    kind === 'connection' || kind === 'subscription'
      ? value
      : kind === 'autostart' && key !== null
        ? `${String(value)} in ${String(key)}`
        : kind === 'account'
          ? (user ?? path)
          : // A program of the system itself is told apart by what it was started for.
            ((isOwnProgram ? (decoded_command ?? command_line) : undefined) ?? path ?? key ?? reason)
  return String(what)
    .replace(/^([a-z]:\\users\\)(?!public\\)[^\\]+/i, '$1*')
    .replace(/^(HKU\\)S-1-[\d-]+/, '$1*')
}

function namesIn(names: readonly string[]): string {
  const more = names.length - MAX_NAMED
  return more > 0 ? `${names.slice(0, MAX_NAMED).join(', ')} and ${more} more` : names.join(', ')
}
