import { ENCODING, encodingMethod } from './encodings.ts'
import { invalid } from './errors.ts'
import { listOf, numberOf, PsObject, ScriptBlock, text, usDateTime, type Value } from './values.ts'

/** Returns a property of a value, or null; for a list the properties of its items. */
export function member(value: Value, name: string): Value {
  const wanted = name.toLowerCase()
  if (value instanceof PsObject) {
    const found = value.get(name)
    if (found !== undefined) return found
    return wanted === 'count'
      ? value.type.endsWith('Hashtable')
        ? value.names.length
        : 1
      : wanted === 'keys'
        ? value.names
        : wanted === 'values'
          ? value.values
          : null
  }
  if (Array.isArray(value) || value instanceof Uint8Array) {
    if (wanted === 'count' || wanted === 'length') return value.length
    return Array.isArray(value) ? unlisted(value.map(one => member(one, name)).filter(one => one !== null)) : null
  }
  if (wanted === 'length' && typeof value === 'string') return value.length
  if (value instanceof Date) return dateMember(value, wanted)
  return wanted === 'count' && value !== null ? 1 : wanted === 'count' ? 0 : null
}

function unlisted(values: Value[]): Value {
  return values.length === 0 ? null : values
}

function dateMember(date: Date, name: string): Value {
  const members: Record<string, () => Value> = {
    year: () => date.getUTCFullYear(),
    month: () => date.getUTCMonth() + 1,
    day: () => date.getUTCDate(),
    hour: () => date.getUTCHours(),
    minute: () => date.getUTCMinutes(),
    second: () => date.getUTCSeconds(),
    date: () => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())),
    dayofweek: () => DAYS[date.getUTCDay()] ?? '',
    ticks: () => (date.getTime() + 62_135_596_800_000) * 10_000,
  }
  return Object.hasOwn(members, name) ? (members[name]?.() ?? null) : null
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** Formats a time such as `Tuesday, November 4, 2025 3:30:00 PM`. */
export function longDate(date: Date): string {
  return `${DAYS[date.getUTCDay()]}, ${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()} ${usDateTime(date).replace(/^\S+ /, '')}`
}

type Method = (value: string, args: Value[]) => Value

const TEXT_METHODS: Record<string, Method> = {
  tostring: value => value,
  toupper: value => value.toUpperCase(),
  tolower: value => value.toLowerCase(),
  trim: (value, [chars]) => trimmed(value, chars, true, true),
  trimstart: (value, [chars]) => trimmed(value, chars, true, false),
  trimend: (value, [chars]) => trimmed(value, chars, false, true),
  replace: (value, [from, to]) => value.replaceAll(text(from), text(to)),
  contains: (value, [part]) => value.includes(text(part)),
  startswith: (value, [part, mode]) => folded(value, mode).startsWith(folded(text(part), mode)),
  endswith: (value, [part, mode]) => folded(value, mode).endsWith(folded(text(part), mode)),
  indexof: (value, [part]) => value.indexOf(text(part)),
  lastindexof: (value, [part]) => value.lastIndexOf(text(part)),
  substring: (value, [from, length]) => value.slice(numberOf(from), length === undefined ? undefined : numberOf(from) + numberOf(length)),
  split: (value, args) =>
    value.split(
      new RegExp(
        `[${
          args
            .flatMap(listOf)
            .map(one => text(one).replace(/[\]\\^-]/g, '\\$&'))
            .join('') || '\\s'
        }]`,
      ),
    ),
  padleft: (value, [width, fill]) => value.padStart(width3(width), text(fill) || ' '),
  padright: (value, [width, fill]) => value.padEnd(width3(width), text(fill) || ' '),
  remove: (value, [from, count]) =>
    value.slice(0, numberOf(from)) + (count === undefined ? '' : value.slice(numberOf(from) + numberOf(count))),
  insert: (value, [at, part]) => value.slice(0, numberOf(at)) + text(part) + value.slice(numberOf(at)),
  tochararray: value => [...value],
  equals: (value, [other]) => value === text(other),
  gettype: () =>
    new PsObject(
      'System.RuntimeType',
      [
        ['Name', 'String'],
        ['FullName', 'System.String'],
      ],
      'string',
    ),
}

const width3 = (value: Value | undefined) => Math.min(1000, numberOf(value))
const folded = (value: string, mode: Value | undefined) => (mode === undefined ? value : value.toLowerCase())

function trimmed(value: string, chars: Value | undefined, start: boolean, end: boolean): string {
  const set = chars === undefined ? ' \t\r\n' : text(chars)
  let [from, to] = [0, value.length]
  while (start && from < to && set.includes(value[from] ?? '')) from += 1
  while (end && to > from && set.includes(value[to - 1] ?? '')) to -= 1
  return value.slice(from, to)
}

const DATE_STEPS: Record<string, number> = {
  addmilliseconds: 1,
  addseconds: 1000,
  addminutes: 60_000,
  addhours: 3_600_000,
  adddays: 86_400_000,
}

/** Calls a method of a value. @throws PsError when it has no such method */
export function invoke(value: Value, name: string, args: Value[]): Value {
  const wanted = name.toLowerCase()
  if (value === null) throw invalid('You cannot call a method on a null-valued expression.', 'InvokeMethodOnNull')
  if (value instanceof Date) {
    const step = Object.hasOwn(DATE_STEPS, wanted) ? DATE_STEPS[wanted] : undefined
    if (step !== undefined) return new Date(value.getTime() + step * numberOf(args[0]))
    if (wanted === 'tostring') return args.length === 0 ? text(value) : formatNumber(value, text(args[0]))
    if (wanted === 'touniversaltime' || wanted === 'tolocaltime') return value
  }
  if (typeof value === 'number' && wanted === 'tostring' && args.length > 0) return formatNumber(value, text(args[0]))
  if (value instanceof PsObject && value.type === ENCODING) return encodingMethod(value, wanted, args)
  if (value instanceof PsObject && (wanted === 'containskey' || wanted === 'contains')) return value.get(text(args[0])) !== undefined
  if (value instanceof PsObject && wanted === 'add') return (value.set(text(args[0]), args[1] ?? null), null)
  if (Array.isArray(value) && wanted !== 'tostring') {
    if (wanted === 'contains') return value.some(one => text(one) === text(args[0]))
    return value.map(one => invoke(one, name, args))
  }
  const method =
    Object.hasOwn(TEXT_METHODS, wanted) && (typeof value === 'string' || wanted === 'tostring' || wanted === 'equals')
      ? TEXT_METHODS[wanted]
      : undefined
  if (method === undefined || value instanceof ScriptBlock)
    throw invalid(`Method invocation failed because the object does not contain a method named '${name}'.`, 'MethodNotFound')
  return method(text(value), args)
}

/** Applies a format for numbers (`N2`, `X8`, `D4`, `P1`, `0.00`) or times (`yyyy-MM-dd HH:mm:ss`, `o`, `s`, `u`). */
export function formatNumber(value: Value, format: string): string {
  if (value instanceof Date) return formatDate(value, format)
  const number = numberOf(value)
  const [, letter = '', digits = ''] = /^([a-z])(\d{0,2})$/i.exec(format) ?? []
  switch (letter.toUpperCase()) {
    case 'N':
      return number.toLocaleString('en-US', { minimumFractionDigits: Number(digits || 2), maximumFractionDigits: Number(digits || 2) })
    case 'F':
      return number.toFixed(Number(digits || 2))
    case 'P':
      return `${(number * 100).toFixed(Number(digits || 2))} %`
    case 'D':
      return String(number).padStart(Number(digits), '0')
    case 'X':
      return (letter === 'X' ? number.toString(16).toUpperCase() : number.toString(16)).padStart(Number(digits), '0')
    default:
      return /^[0#,.]+$/.test(format) ? number.toFixed(format.split('.')[1]?.length ?? 0) : text(value)
  }
}

function formatDate(date: Date, format: string): string {
  if (/^[oO]$/.test(format)) return date.toISOString().replace('Z', '0000Z')
  if (format === 's') return date.toISOString().slice(0, 19)
  if (format === 'u') return `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`
  const hours = date.getUTCHours()
  const two = (value: number) => String(value).padStart(2, '0')
  const parts: Record<string, string> = {
    yyyy: String(date.getUTCFullYear()),
    yy: String(date.getUTCFullYear()).slice(2),
    MMMM: MONTHS[date.getUTCMonth()] ?? '',
    MMM: MONTHS[date.getUTCMonth()]?.slice(0, 3) ?? '',
    MM: two(date.getUTCMonth() + 1),
    M: String(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
    d: String(date.getUTCDate()),
    HH: two(hours),
    H: String(hours),
    hh: two(hours % 12 || 12),
    h: String(hours % 12 || 12),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
    fff: String(date.getUTCMilliseconds()).padStart(3, '0'),
    tt: hours < 12 ? 'AM' : 'PM',
  }
  return format.replace(/yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|fff|tt/g, part => parts[part] ?? part)
}
