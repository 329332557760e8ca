import { usage } from '../../core/errors.ts'

/** `name=value`, `criteria[os][]=WINDOWS`: a name, what is in its brackets, and a value. */
const FIELD = /^([^=[\]]+)((?:\[[^[\]]*\])*)=(.*)$/s

interface Field {
  /** `criteria`, `os`; an empty part adds to a list. */
  path: readonly string[]
  value: unknown
}

/**
 * Fields as they are typed.
 * @param typed values of which true, false, null and numbers are what JSON has of them
 * @param raw   values that are texts whatever they say
 * @throws CbcError usage
 */
function readFields(typed: readonly string[], raw: readonly string[]): Field[] {
  return [...typed.map(text => readField('--field', text, valueOf)), ...raw.map(text => readField('--raw-field', text, value => value))]
}

function readField(option: string, text: string, read: (value: string) => unknown): Field {
  const [, name, brackets = '', value = ''] = FIELD.exec(text) ?? []
  if (name === undefined) throw usage(`${option}: "${text}" is no field`, 'write name=value, name[part]=value or name[]=value')
  return { path: [name, ...[...brackets.matchAll(/\[([^\]]*)\]/g)].map(([, part = '']) => part)], value: read(value) }
}

/** A number only where it is the same when it is written again: `007` and an id beyond 2^53 are texts. */
function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false' || text === 'null') return JSON.parse(text) as unknown
  return text !== '' && String(Number(text)) === text && Number.isFinite(Number(text)) ? Number(text) : text
}

/** Fields as the body of a request. @throws CbcError usage: two of them exclude each other */
export function fieldsAsBody(typed: readonly string[], raw: readonly string[]): Record<string, unknown> | undefined {
  const fields = readFields(typed, raw)
  if (fields.length === 0) return undefined
  const body = blank()
  for (const field of fields) put(body, field)
  return body
}

/** Fields as a query. @throws CbcError usage */
export function fieldsAsQuery(typed: readonly string[], raw: readonly string[]): [string, string][] {
  return readFields(typed, raw).map(({ path, value }) => {
    const [name = '', ...parts] = path
    if (parts.some(part => part !== ''))
      throw usage(`${name}[${parts.join('][')}]: a query has no such fields`, 'write name=value, several times for several values')
    return [name, String(value)]
  })
}

/** Any name may be a field's, `__proto__` too. */
function blank(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function put(body: Record<string, unknown>, { path, value }: Field): void {
  const [name = '', next, ...more] = path
  const there = body[name]
  if (next === undefined) {
    if (there !== undefined) throw usage(`--field: "${name}" is given twice`, `for a list write ${name}[]=value each time`)
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
  return usage(`--field: "${name}" is given as two different things`)
}
