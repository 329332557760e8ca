import { usage } from '../core/errors.ts'
import { parseDuration } from '../core/quantity.ts'
import { flag, value, type Option } from '../verbs/define.ts'

const FORMATS = ['table', 'json', 'ndjson', 'csv'] as const
export type OutputFormat = (typeof FORMATS)[number]

/** Options that every command takes, before or after it: section 1 of the contract. In the shell those of one line override the shell's. */
export const OUTPUT_OPTIONS = {
  output: value('-o, --output <format>', 'table, json, ndjson or csv', { parse: parseFormat, choices: FORMATS }),
  json: flag('--json', 'the same as --output json'),
  columns: value('--columns <fields>', 'show these fields, separated by commas', { parse: text => text.split(',').map(name => name.trim()).filter(name => name !== '') }),
  timeout: value('--timeout <duration>', 'give up after 30s, 5m, 24h', { parse: parseDuration }),
  yes: flag('-y, --yes', 'don\'t ask for confirmation'),
  dryRun: flag('--dry-run', 'print what would be sent, change nothing'),
} satisfies Record<string, Option<unknown>>

export const GLOBAL_OPTIONS = {
  profile: value('--profile <name>', 'whose credentials to use; lab is built in (CBC_PROFILE)', { kind: 'profile' }),
  ...OUTPUT_OPTIONS,
  noColor: flag('--no-color', 'no colours (NO_COLOR)'),
  quiet: flag('-q, --quiet', 'no progress, no warnings'),
  verbose: flag('-v, --verbose', 'each HTTP exchange, one line on stderr'),
  noInput: flag('--no-input', 'never ask'),
  readOnly: flag('--read-only', 'refuse everything that changes an endpoint or the organization'),
} satisfies Record<string, Option<unknown>>

/** What the global options say; what is not there was not given. */
export interface Globals {
  profile?: string
  output?: OutputFormat
  columns?: string[]
  /** Milliseconds. */
  timeout?: number
  yes?: boolean
  dryRun?: boolean
  quiet?: boolean
  verbose?: boolean
  noInput?: boolean
  readOnly?: boolean
}

/** @throws CbcError usage: --json beside another --output */
export function readGlobals(parsed: Record<string, unknown>): Globals {
  const { json, ...globals } = parsed as Globals & { json?: boolean }
  if (json && globals.output !== undefined && globals.output !== 'json') throw usage(`--json and --output ${globals.output} exclude each other`)
  return json ? { ...globals, output: 'json' } : globals
}

function parseFormat(text: string): OutputFormat {
  const format = FORMATS.find(name => name === text)
  if (format === undefined) throw usage(`--output: "${text}" is no format`, `use ${FORMATS.join(', ')}`)
  return format
}
