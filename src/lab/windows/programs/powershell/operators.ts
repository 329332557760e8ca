import { formatNumber } from './members.ts'
import { invalid } from './errors.ts'
import { CUSTOM, HASHTABLE, compare, listOf, numberOf, PsObject, same, text, truthy, type Value } from './values.ts'

/** Compiles a pattern of `-like`: `*`, `?`, `[a-z]`. */
export function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^$(){}|\\]/g, '\\$&')
    .replaceAll('*', '[^]*')
    .replaceAll('?', '[^]')
  try {
    return new RegExp(`^${source}$`, 'i')
  } catch {
    throw invalid(`The specified wildcard character pattern is not valid: ${pattern}`)
  }
}

/** Compiles a regular expression of .NET, as far as JavaScript supports the same syntax. */
export function regexOf(pattern: string, flags: string): RegExp {
  try {
    const [, inline = '', rest = pattern] = /^\(\?([ims]+)\)([^]*)$/.exec(pattern) ?? []
    return new RegExp(rest, [...new Set(flags + inline)].join(''))
  } catch {
    throw invalid(`parsing "${pattern}" - Invalid pattern.`)
  }
}

/** A comparison of one value, which can also filter a list. */
type Test = (left: Value, right: Value, exact: boolean) => boolean

const TESTS: Record<string, Test> = {
  eq: same,
  ne: (left, right, exact) => !same(left, right, exact),
  gt: (left, right, exact) => compare(left, right, exact) > 0,
  ge: (left, right, exact) => compare(left, right, exact) >= 0,
  lt: (left, right, exact) => compare(left, right, exact) < 0,
  le: (left, right, exact) => compare(left, right, exact) <= 0,
  like: (left, right) => likePattern(text(right)).test(text(left)),
  notlike: (left, right) => !likePattern(text(right)).test(text(left)),
  match: (left, right, exact) => regexOf(text(right), exact ? '' : 'i').test(text(left)),
  notmatch: (left, right, exact) => !regexOf(text(right), exact ? '' : 'i').test(text(left)),
}

const OTHERS: Record<string, (left: Value, right: Value, exact: boolean) => Value> = {
  contains: (left, right, exact) => listOf(left).some(one => same(one, right, exact)),
  notcontains: (left, right, exact) => !listOf(left).some(one => same(one, right, exact)),
  in: (left, right, exact) => listOf(right).some(one => same(one, left, exact)),
  notin: (left, right, exact) => !listOf(right).some(one => same(one, left, exact)),
  is: (left, right) => typeName(left).toLowerCase().endsWith(text(right).toLowerCase()),
  isnot: (left, right) => !typeName(left).toLowerCase().endsWith(text(right).toLowerCase()),
  as: left => left,
  replace: (left, right, exact) =>
    each(left, one => {
      const [pattern, by] = listOf(right).map(text)
      return text(one).replace(regexOf(pattern ?? '', exact ? 'g' : 'gi'), by ?? '')
    }),
  split: (left, right) => listOf(left).flatMap(one => text(one).split(regexOf(text(listOf(right)[0]), 'i'))),
  join: (left, right) => listOf(left).map(text).join(text(right)),
  f: (left, right) => formatted(text(left), Array.isArray(right) ? right : [right]),
  '..': (left, right) => range(numberOf(left), numberOf(right)),
  band: (left, right) => numberOf(left) & numberOf(right),
  bor: (left, right) => numberOf(left) | numberOf(right),
  '+': plus,
  '-': (left, right) =>
    left instanceof Date
      ? right instanceof Date
        ? span(left.getTime() - right.getTime())
        : new Date(left.getTime() - milliseconds(right))
      : number(left) - number(right),
  '*': (left, right) =>
    typeof left === 'string' ? left.repeat(bounded(numberOf(right) * left.length) / (left.length || 1)) : number(left) * number(right),
  '/': (left, right) => (number(right) === 0 ? divisionByZero() : number(left) / number(right)),
  '%': (left, right) => (number(right) === 0 ? divisionByZero() : number(left) % number(right)),
}

/** Applies a binary operator; `-and` and `-or` are elsewhere, because they may skip their right side. */
export function operate(operator: string, left: Value, right: Value): Value {
  const exact = /^c[a-z]/.test(operator) && operator !== 'contains'
  const name = operator.replace(
    /^[ci](?=(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|replace|contains|notcontains|in|notin|split|join)$)/,
    '',
  )
  const test = TESTS[name]
  if (test !== undefined) return Array.isArray(left) ? left.filter(one => test(one, right, exact)) : test(left, right, exact)
  return (
    OTHERS[name] ??
    (() => {
      throw invalid(`Unknown operator -${operator}`)
    })
  )(left, right, exact)
}

function plus(left: Value, right: Value): Value {
  if (Array.isArray(left)) return [...left, ...listOf(right)]
  if (left instanceof PsObject && left.type === HASHTABLE && right instanceof PsObject)
    return new PsObject(
      HASHTABLE,
      [...left.names, ...right.names].map(name => [name, right.get(name) ?? left.get(name) ?? null]),
    )
  if (typeof left === 'string') return left + text(right)
  if (left instanceof Date) return new Date(left.getTime() + milliseconds(right))
  if (left === null) return right
  return number(left) + number(right)
}

/** More than a script needs, and less than the memory holds. */
const MOST = 1_000_000

function bounded(count: number): number {
  if (!(count <= MOST)) throw invalid("Exception of type 'System.OutOfMemoryException' was thrown.")
  return Math.max(0, count)
}

function range(from: number, to: number): number[] {
  return Array.from({ length: bounded(Math.abs(to - from)) + 1 }, (_, at) => (from <= to ? from + at : from - at))
}

function number(value: Value): number {
  const found = numberOf(value)
  if (Number.isNaN(found))
    throw invalid(
      `Cannot convert value "${text(value)}" to type "System.Int32". Error: "Input string was not in a correct format."`,
      'InvalidCastFromStringToInteger',
    )
  return found
}

function divisionByZero(): never {
  throw invalid('Attempted to divide by zero.')
}

function each(value: Value, change: (one: Value) => Value): Value {
  return Array.isArray(value) ? value.map(change) : change(value)
}

/** A time span. */
export function span(ms: number): PsObject {
  const whole = Math.abs(ms)
  const part = (size: number, limit: number) => Math.floor(whole / size) % limit
  const days = Math.floor(whole / 86_400_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return new PsObject(
    'System.TimeSpan',
    [
      ['Days', days],
      ['Hours', part(3_600_000, 24)],
      ['Minutes', part(60_000, 60)],
      ['Seconds', part(1000, 60)],
      ['Milliseconds', whole % 1000],
      ['TotalDays', ms / 86_400_000],
      ['TotalHours', ms / 3_600_000],
      ['TotalMinutes', ms / 60_000],
      ['TotalSeconds', ms / 1000],
      ['TotalMilliseconds', ms],
    ],
    `${ms < 0 ? '-' : ''}${days === 0 ? '' : `${days}.`}${two(part(3_600_000, 24))}:${two(part(60_000, 60))}:${two(part(1000, 60))}`,
  )
}

function milliseconds(value: Value): number {
  return value instanceof PsObject ? numberOf(value.get('TotalMilliseconds')) : numberOf(value)
}

/** `'{0,-8} {1:N2}' -f …`. */
function formatted(pattern: string, args: readonly Value[]): string {
  return pattern.replace(
    /\{\{|\}\}|\{(\d+)(?:,(-?\d{1,4}))?(?::([^}]*))?\}/g,
    (all, index: string | undefined, width = '0', format?: string) => {
      if (index === undefined) return all.slice(1)
      const value = args[Number(index)] ?? null
      const shown = format === undefined ? text(value) : formatNumber(value, format)
      return Number(width) < 0 ? shown.padEnd(-Number(width)) : shown.padStart(Number(width))
    },
  )
}

/** Returns the .NET type of a value. */
function typeName(value: Value): string {
  if (typeof value === 'string') return 'System.String'
  if (typeof value === 'boolean') return 'System.Boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'System.Int32' : 'System.Double'
  if (value instanceof Date) return 'System.DateTime'
  if (value instanceof Uint8Array) return 'System.Byte[]'
  if (Array.isArray(value)) return 'System.Object[]'
  return value instanceof PsObject ? value.type : value === null ? 'null' : 'System.Management.Automation.ScriptBlock'
}

/** Converts a value to one of the types that scripts use. */
export function castTo(type: string, value: Value): Value {
  switch (type.toLowerCase().replace(/^system\./, '')) {
    case 'int':
    case 'int32':
    case 'int64':
    case 'long':
    case 'uint32':
      return Math.round(number(value))
    case 'double':
    case 'decimal':
    case 'float':
      return number(value)
    case 'string':
      return text(value)
    case 'bool':
      return truthy(value)
    case 'datetime':
      return value instanceof Date
        ? value
        : new Date(Date.parse(`${text(value)}${/[zZ]|[+-]\d\d:?\d\d$/.test(text(value)) ? '' : 'Z'}`) || Date.parse(text(value)))
    case 'char':
      return typeof value === 'number' ? String.fromCharCode(value) : text(value)
    case 'array':
    case 'string[]':
    case 'object[]':
    case 'int[]':
      return listOf(value)
    case 'pscustomobject':
      return value instanceof PsObject
        ? new PsObject(
            CUSTOM,
            value.names.map(name => [name, value.get(name) ?? null]),
          )
        : value
    case 'timespan':
      return value instanceof PsObject ? value : span(milliseconds(value))
    case 'void':
      return null
    case 'byte[]':
      return value instanceof Uint8Array ? value : Uint8Array.from(listOf(value).map(one => numberOf(one)))
    case 'hashtable':
    case 'ordered':
    case 'xml':
    case 'scriptblock':
    case 'regex':
    case 'ipaddress':
    case 'guid':
    case 'version':
    case 'psobject':
    case 'object':
      return value
    default:
      throw invalid(`Unable to find type [${type}].`, 'TypeNotFound')
  }
}
