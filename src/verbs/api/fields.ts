import { usage } from '../../core/errors.ts'

/** `name=value`, `criteria[os][]=WINDOWS`: a name, parts in brackets, and a value. */
const FIELD = /^([^=[\]]+)((?:\[[^[\]]*\])*)=(.*)$/s

interface Field {
  /** For example `criteria`, `os`. An empty part appends to a list. */
  path: readonly string[]
  value: unknown
}

/**
 * Parses fields as the user typed them.
 * @param typed fields whose values true, false, null and numbers become JSON values
 * @param raw   fields whose values are always text
 * @throws CbcError usage
 */
function readFields(typed: readonly string[], raw: readonly string[]): Field[] {
  return [...typed.map(text => readField('--field', text, valueOf)), ...raw.map(text => readField('--raw-field', text, value => value))]
}

function readField(option: string, text: string, read: (value: string) => unknown): Field {
  const [, name, brackets = '', value = ''] = FIELD.exec(text) ?? []
  if (name === undefined) throw usage(`${option}: "${text}" is not a field`, 'write name=value, name[part]=value or name[]=value')
  return { path: [name, ...[...brackets.matchAll(/\[([^\]]*)\]/g)].map(([, part = '']) => part)], value: read(value) }
}

/** Parses a value. It is a number only if it reads the same when written again: `007` and an id beyond 2^53 stay text. */
function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false' || text === 'null') return JSON.parse(text) as unknown
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Builds the body of a request from fields. @throws CbcError usage: two fields contradict each other */
export function fieldsAsBody(typed: readonly string[], raw: readonly string[]): Record<string, unknown> | undefined {
  const fields = readFields(typed, raw)
  if (fields.length === 0) return undefined
  const body = blank()
  for (const field of fields) put(body, field)
  return body
}

/** Builds a query from fields. @throws CbcError usage */
export function fieldsAsQuery(typed: readonly string[], raw: readonly string[]): [string, string][] {
  return readFields(typed, raw).map(({ path, value }) => {
    const [name = '', ...parts] = path
    if (parts.some(part => part !== ''))
      throw usage(`${name}[${parts.join('][')}]: a query can't hold such a field`, 'write name=value, and repeat it for several values')
    return [name, String(value)]
  })
}

/** An object without a prototype, so that any name works as a field, even `__proto__`. */
function blank(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function put(body: Record<string, unknown>, { path, value }: Field): void {
  const [name = '', next, ...more] = path
  const there = body[name]
  if (next === undefined) {
    if (there !== undefined) throw usage(`--field: "${name}" is given twice`, `for a list, write ${name}[]=value each time`)
    body[name] = value
  } else if (next === '') {
    if (more.length > 0) throw usage("--field: a list of objects can't be written as fields", 'give the body with --input')
    if (there !== undefined && !Array.isArray(there)) throw clash(name)
    body[name] = [...((there ?? []) as unknown[]), value]
  } else {
    if (there !== undefined && (typeof there !== 'object' || there === null || Array.isArray(there))) throw clash(name)
    const inner = (there as Record<string, unknown> | undefined) ?? blank()
    body[name] = inner
    put(inner, { path: [next, ...more], value })
  }
}

function clash(name: string): Error {
  return usage(`--field: "${name}" is given both as a value and as a group of values`)
}
