import type { Identity } from '../core/difference.ts'
import { usage } from '../core/errors.ts'
import { flag, value, type Option } from '../verbs/define.ts'

/** Options of every verb whose results can be compared. */
const COMPARE_OPTIONS = {
  save: value('--save <name>', 'keep the result in the case (--case) under this name', { parse: savedName }),
  diff: value('--diff <name>', 'show what is new, gone or changed since a result was saved, or that is otherwise on another device'),
  exitCode: flag('--exit-code', 'with --diff: exit with 1 if there is a difference'),
} satisfies Record<string, Option<unknown>>

/** What to do with a result. */
export interface Compare {
  save?: string
  diff?: string
  exitCode: boolean
}

interface Comparable {
  readonly identity?: Identity
  readonly options: Readonly<Record<string, Option<unknown>>>
  readonly fields?: readonly string[]
}

/** Returns a definition with the options for comparing results, where they can be compared, and the fields of differences. */
export function comparable<V extends Comparable>(verb: V): V {
  const { identity, options, fields } = verb
  if (identity === undefined) return verb
  return {
    ...verb,
    options: { ...options, ...COMPARE_OPTIONS },
    ...(fields === undefined
      ? {}
      : { fields: [...new Set([...fields, 'change', 'changes', ...(identity.columns ?? []).map(({ key }) => key)])] }),
  }
}

/** Takes those options out of what was typed. A list that can be shown in part is compared as a whole. @throws CbcError usage */
export function splitCompare(verb: Comparable, typed: Record<string, unknown>): { input: Record<string, unknown>; compare?: Compare } {
  if (verb.identity === undefined) return { input: typed }
  const { save, diff, exitCode, ...input } = typed as Record<string, unknown> & Partial<Compare>
  if (exitCode && diff === undefined) throw usage('--exit-code needs --diff')
  if (save === undefined && diff === undefined) return { input }
  const compare = { ...(save === undefined ? {} : { save }), ...(diff === undefined ? {} : { diff }), exitCode: exitCode === true }
  if (!('all' in verb.options && 'limit' in verb.options)) return { input, compare }
  if (input['limit'] !== undefined || input['start'] !== undefined)
    throw usage(`--${save === undefined ? 'diff' : 'save'} takes the whole list`, 'leave --limit and --start off')
  return { input: { ...input, all: true }, compare }
}

/** Checks a name for a result. @throws CbcError usage */
function savedName(text: string): string {
  if (/^\w[\w.-]{0,99}$/.test(text) && !text.endsWith('.')) return text
  throw usage(`--save: "${text}" is not a name for a result`, 'use letters, digits, "-", "_" and "."')
}
