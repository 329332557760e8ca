import { usage } from '../core/errors.ts'
import { FORMATS, type Format } from '../core/format.ts'
import type { Clock, Output } from '../core/ports.ts'
import { parseDuration } from '../core/quantity.ts'
import { flag, value, type Option } from '../verbs/define.ts'
import type { Spec } from './spec.ts'

/** Switches for the form of times, and of sizes. */
const TIMES = ['utc', 'local', 'relative'] as const
const SIZES = ['human', 'bytes'] as const

/**
 * Options that every command takes, before or after it: section 1 of the contract. In the shell, those of a line override the shell's own.
 */
export const OUTPUT_OPTIONS = {
  output: value('-o, --output <format>', 'table, json, ndjson or csv', { parse: parseFormat, choices: FORMATS }),
  json: flag('--json', 'the same as --output json'),
  columns: value('--columns <fields>', 'show these fields, separated by commas', { kind: 'column', parse: parseColumns }),
  wide: flag('-w, --wide', 'all columns of a table in full, however wide the terminal is'),
  noHeaders: flag('--no-headers', 'leave out the line of headings'),
  utc: flag('--utc', 'times in UTC, never as an age'),
  local: flag('--local', 'times in the time zone of this machine'),
  relative: flag('--relative', 'times as an age: 5 min ago'),
  human: flag('--human', 'sizes such as 1.5 MiB'),
  bytes: flag('--bytes', 'sizes in bytes, even in a narrow table'),
  timeout: value('--timeout <duration>', 'give up after 30s, 5m, 24h', { parse: parseDuration }),
  yes: flag('-y, --yes', "don't ask for confirmation"),
  dryRun: flag('--dry-run', 'print what would be sent, change nothing'),
} satisfies Record<string, Option<unknown>>

export const GLOBAL_OPTIONS = {
  profile: value('--profile <name>', 'whose credentials to use; lab is built in (CBC_PROFILE)', { kind: 'profile' }),
  ...OUTPUT_OPTIONS,
  noColor: flag('--no-color', 'no colours (NO_COLOR)'),
  quiet: flag('-q, --quiet', 'no progress, no warnings'),
  verbose: flag('-v, --verbose', 'each HTTP exchange, one line on stderr'),
  noInput: flag('--no-input', 'never ask'),
  case: value('--case <folder>', 'record everything in this folder: see `cbc case`', { kind: 'local-path' }),
  readOnly: flag('--read-only', 'refuse everything that changes an endpoint or the organization'),
} satisfies Record<string, Option<unknown>>

/** The values of the global options; an absent field was not given. */
export interface Globals {
  profile?: string
  output?: Format
  columns?: string[]
  wide?: boolean
  noHeaders?: boolean
  /** The form of times and sizes. */
  times?: (typeof TIMES)[number]
  sizes?: (typeof SIZES)[number]
  /** The columns that the command has, where `columns` was checked against them. */
  known?: readonly string[]
  /** Milliseconds. */
  timeout?: number
  yes?: boolean
  dryRun?: boolean
  quiet?: boolean
  verbose?: boolean
  noInput?: boolean
  readOnly?: boolean
  /** The folder of the case in which everything is recorded. */
  case?: string
}

/** Reads the global options. @throws CbcError usage: --json with another --output, or other options that exclude each other */
export function readGlobals(parsed: Record<string, unknown>): Globals {
  const { json, ...given } = parsed as Globals & { json?: boolean }
  const globals = exclusiveChoice(exclusiveChoice(given, 'times', TIMES), 'sizes', SIZES)
  if (json && globals.output !== undefined && globals.output !== 'json')
    throw usage(`--json and --output ${globals.output} exclude each other`)
  return json ? { ...globals, output: 'json' } : globals
}

/** Turns switches that exclude each other into one setting: `--utc`, `--local` and `--relative` become `times`. @throws CbcError usage */
function exclusiveChoice<Key extends 'times' | 'sizes'>(globals: Globals, key: Key, names: readonly NonNullable<Globals[Key]>[]): Globals {
  const rest = { ...globals } as Globals & Record<string, unknown>
  const given = names.filter(name => rest[name] === true)
  for (const name of names) delete rest[name]
  if (given.length > 1) throw usage(`${given.map(name => `--${name}`).join(' and ')} exclude each other`)
  const [name] = given
  return name === undefined ? rest : { ...rest, [key]: name }
}

/** The fields of the steps of a dry run, besides those of the objects themselves. */
const STEPS = [
  'name',
  'command',
  'request',
  'path',
  'pid',
  'upload',
  'size',
  'file_id',
  'offset',
  'count',
  'get_count',
  'output_file',
  'wait',
  'working_directory',
  'value_data',
  'value_type',
  'overwrite',
  'compress',
  'device_id',
  'session_id',
  'id',
  'policy_id',
  'usb_device_id',
  'approvals',
  'kind',
]

/**
 * Rejects columns that the command never has, before anything is sent.
 * @returns the valid names; a row may still lack one
 * @throws CbcError usage
 */
export function checkColumns({ fields }: Pick<Spec, 'fields'>, { columns, dryRun }: Globals): Pick<Globals, 'known'> {
  if (columns === undefined || fields === undefined) return {}
  const known = dryRun ? [...fields, ...STEPS] : fields
  if (known.length === 0) throw usage('--columns: this command has none')
  const unknown = columns.find(name => !known.includes(name))
  if (unknown !== undefined) throw usage(`--columns: there is no "${unknown}"`, `choose from ${[...new Set(known)].join(', ')}`)
  return { known }
}

/** The global options that the renderer uses. */
export interface RenderingChoices {
  format?: Format
  columns?: string[]
  known?: readonly string[]
  quiet: boolean
  wide: boolean
  headless: boolean
  times?: (typeof TIMES)[number]
  sizes?: (typeof SIZES)[number]
  /** Milliseconds since 1970. */
  now: number
}

/** Returns the options for the renderer. @param clock gives the time that relative times refer to */
export function renderingOf(
  { output, columns, known, quiet = false, wide = false, noHeaders = false, times, sizes }: Globals,
  clock: Pick<Clock, 'now'>,
): RenderingChoices {
  return {
    ...(output === undefined ? {} : { format: output }),
    ...(columns === undefined ? {} : { columns }),
    ...(known === undefined ? {} : { known }),
    quiet,
    wide,
    headless: noHeaders,
    ...(times === undefined ? {} : { times }),
    ...(sizes === undefined ? {} : { sizes }),
    now: clock.now(),
  }
}

/** Whether a person watches the output as it comes: on a terminal, and not as one document. */
export function isWatched({ isTerminal }: Pick<Output, 'isTerminal'>, { output, dryRun }: Globals): boolean {
  return isTerminal && output !== 'json' && output !== 'ndjson' && dryRun !== true
}

/** @throws CbcError usage */
function parseColumns(text: string): string[] {
  const names = text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  if (names.length === 0) throw usage('--columns names no field', 'write --columns name,id')
  return names
}

function parseFormat(text: string): Format {
  const format = FORMATS.find(name => name === text)
  if (format === undefined) throw usage(`--output: "${text}" is not a format`, `use ${FORMATS.join(', ')}`)
  return format
}
