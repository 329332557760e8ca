import { RE2JS } from 're2js'
import { CbcError } from '../core/errors.ts'
import { glob } from '../core/glob.ts'
import { MAX_CHARS } from './definition.ts'

/** A part of a path: a name, a pattern for names, or any directories down to a number of levels. */
export type Part = { kind: 'name'; text: string } | { kind: 'pattern'; fits(name: string): boolean } | { kind: 'deep'; levels: number }

/** How deep `**` goes where no number follows. */
const DEFAULT_LEVELS = 3
/** How deep anything goes at most. */
export const MAX_LEVELS = 32
const MAX_PARTS = 128
/** How many parts of one path may stand for any directories: each multiplies what has to be followed. */
const MAX_DEEP = 4

/**
 * Reads a path with patterns in any of its parts: `*`, `?`, `[…]`, and `**` or `**5` for any directories down to that depth.
 * @throws CbcError usage: it leads up, or is longer or deeper than a path can be
 */
export function readPath(path: string, separator: string, ignoreCase: boolean, brackets = true): Part[] {
  const names = path.split(separator).filter(name => name !== '' && name !== '.')
  if (path.length > MAX_CHARS || names.length > MAX_PARTS) throw cannotPlan('longer than a path can be')
  if (names.includes('..')) throw cannotPlan('".." would lead up')
  const parts = names.map(name => readPart(name, ignoreCase, brackets))
  if (parts.filter(({ kind }) => kind === 'deep').length > MAX_DEEP) throw cannotPlan(`more than ${MAX_DEEP} times **`)
  return parts
}

function readPart(name: string, ignoreCase: boolean, brackets: boolean): Part {
  const [deep, levels] = /^\*\*(\d{0,4})$/.exec(name) ?? []
  if (deep !== undefined)
    return { kind: 'deep', levels: Math.max(1, Math.min(MAX_LEVELS, levels === '' ? DEFAULT_LEVELS : Number(levels))) }
  if (brackets && /\[[^\]]+\]/.test(name)) return { kind: 'pattern', fits: bracketed(name, ignoreCase) }
  return /[*?]/.test(name) ? { kind: 'pattern', fits: plain(name, ignoreCase) } : { kind: 'name', text: name }
}

/** To Windows every name ends with a dot, so that `*.*` matches them all. */
function plain(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const fits = glob(pattern, ignoreCase)
  return ignoreCase && pattern.endsWith('.*') ? name => fits(name) || fits(`${name}.`) : fits
}

/** A pattern with `[…]`, in time in proportion to the name. */
function bracketed(pattern: string, ignoreCase: boolean): (name: string) => boolean {
  const source = pattern.replace(/\[([!^]?)([^\]]+)\]|[*?]|[^*?[]+|\[/g, (piece: string, not?: string, set?: string) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\[\]^]/g, '\\$&')}]`
    return piece === '*' ? '.*' : piece === '?' ? '.' : RE2JS.quote(piece)
  })
  const expression = compile(source, ignoreCase)
  return name => expression.testExact(name)
}

/**
 * Reads what KAPE has for names of files: masks separated by `|`, or `regex:` and an expression for the whole name, which a linear engine runs.
 * @throws CbcError usage: it is not an expression
 */
export function readMask(mask: string): Part {
  const [, expression] = /^regex:(.*)$/is.exec(mask) ?? []
  if (expression !== undefined) {
    // KAPE's own targets begin with a star that repeats nothing.
    const compiled = compile(expression.replace(/^\*/, '.*'), true)
    return { kind: 'pattern', fits: name => compiled.testExact(name) }
  }
  const masks = mask.split('|').filter(one => one !== '')
  if (masks.some(one => /[\\/]/.test(one))) throw cannotPlan(`"${mask}" is not a name`)
  const parts = masks.map(one => readPart(one === '**' ? '*' : one, true, false))
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return {
    kind: 'pattern',
    fits: name => parts.some(part => isName(part, name)),
  }
}

/** Whether a part stands for a name, of a system that ignores case. */
export function isName(part: Part, name: string): boolean {
  return part.kind === 'name' ? part.text.toLowerCase() === name.toLowerCase() : part.kind === 'pattern' && part.fits(name)
}

function compile(source: string, ignoreCase: boolean): RE2JS {
  try {
    return RE2JS.compile(source, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0))
  } catch (error) {
    throw cannotPlan(`not an expression: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The error for a pattern that leads nowhere. */
export function cannotPlan(why: string): CbcError {
  return new CbcError('usage', why)
}
