import { formatDuration, parseDuration } from '../../core/quantity.ts'
import type { Row } from '../../core/result.ts'
import { platformOf } from '../collect/endpoint.ts'
import { defineVerb, flag, value, type Context } from '../define.ts'
import { KINDS, type Gathered, type Item } from './item.ts'
import { across } from './across.ts'
import { judge, type Finding } from './judge.ts'
import { linuxItems } from './linux.ts'
import { macosItems } from './macos.ts'
import { nextLines } from './next-lines.ts'
import { processItems } from './processes.ts'
import { ASKED, programItems } from './programs.ts'
import { screenOf, TRIAGE_COLUMNS } from './screen.ts'
import { windowsItems } from './windows.ts'

const DAY_MS = 86_400_000
const SINCE_MS = 7 * DAY_MS
/** What is looked at, by the system of the endpoint. */
const SYSTEMS = {
  Windows: { os: 'windows', look: windowsItems },
  Darwin: { os: 'macos', look: macosItems },
  Linux: { os: 'linux', look: linuxItems },
} as const

export const triage = defineVerb({
  name: 'triage',
  summary:
    'look for what does not belong there: processes, autostarts, services, tasks, WMI subscriptions, connections, accounts, new programs',
  details:
    'One command that looks at what an intruder leaves, and shows what rules found about it, the gravest first: why, in a sentence, and the lines with which to go on. ' +
    'Nothing is judged by name alone, and nothing that it finds is proof: rules say where to look first. ' +
    'It starts one program on the endpoint, for services, connections, accounts, WMI event subscriptions, programs that start in place of others, and who is logged on; --no-exec leaves that out, and changes nothing. On several devices a table shows each finding with how many have it.',
  examples: [{ line: 'triage', does: 'what to look at first' }],
  effect: 'change',
  effectOf: ({ noExec }) => (noExec ? 'read' : 'change'),
  needs: ['process list', 'directory list'],
  fields: [...TRIAGE_COLUMNS.map(({ key }) => key), 'device', 'os', 'findings', 'looked_at', 'not_looked_at', 'users'],
  arguments: {},
  options: {
    since: value('--since <duration>', 'files count as new for so long; default: 7d', { parse: parseDuration }),
    all: flag('-a, --all', 'also what is only slightly odd'),
    noExec: flag('--no-exec', 'start no program on the endpoint'),
  },
  across,
  async plan(_input, { session }) {
    const read = ASKED[session.paths.windows ? 'windows' : 'linux']
    return {
      targets: undefined,
      exact: { what: `start a program on ${session.label} to look around`, to: [`it changes nothing, and reads ${read}`] },
    }
  },
  async run({ since = SINCE_MS, all, noExec }, context) {
    const { session } = context
    const missed: Gathered['missed'] = []
    const { os, look } = SYSTEMS[await platformOf(context)]
    const processes = await processItems(context)
    const programs = await (noExec ? undefined : programItems(context, os, processes, missed))
    if (programs === undefined) missed.push({ what: ASKED[os], why: '--no-exec' })
    const more = await look(context, missed, since)
    const items = [...processes, ...(programs?.items ?? []), ...more]
    const judged = judge(items)
    const shown = all ? judged : judged.filter(({ severity }) => severity !== 'low')
    const findings = shown.map(finding => rowOf(finding, context))
    const value: Row = {
      device: session.label,
      os,
      findings,
      looked_at: lookedAt(items),
      not_looked_at: missed,
      users: programs?.users ?? [],
    }
    return {
      kind: 'object',
      value,
      columns: TRIAGE_COLUMNS,
      rows: findings,
      drawn: {
        line: screenOf(judged.length - shown.length, since % DAY_MS === 0 ? `${since / DAY_MS} days` : formatDuration(since)),
        terminal: true,
      },
    }
  },
})

function lookedAt(items: readonly Item[]): Record<string, number> {
  return Object.fromEntries(KINDS.map(kind => [kind, items.filter(item => item.kind === kind).length]))
}

/** A finding with fields that stay the same whatever it is about. */
function rowOf({ item, rules, score, severity, reason }: Finding, context: Context): Row {
  const { kind, pid, path, key, value: name, command_line, decoded, chain, user, time } = item
  return {
    severity,
    score,
    kind,
    reason,
    rules,
    pid: pid ?? null,
    path: path ?? null,
    key: key ?? null,
    value: name ?? null,
    command_line: command_line ?? null,
    decoded_command: decoded ?? null,
    chain: chain ?? [],
    user: user ?? null,
    time: time ?? null,
    next: nextLines(item, context),
  }
}
