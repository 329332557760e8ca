import { linesOf } from './text-files.ts'
import { CUSTOM, PsObject, text, usDateTime, type Value } from './values.ts'

/** Formats JSON as Windows PowerShell does: two blanks after a colon, dates as milliseconds, values deeper than `depth` as text. */
export function toJson(value: Value, depth: number, compress: boolean): string {
  return compress ? written(value, depth, '', '') : written(value, depth, '\n', '')
}

function written(value: Value, depth: number, line: string, indent: string): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value)
  if (value instanceof Date) return `"\\/Date(${value.getTime()})\\/"`
  const deeper = `${indent}${line === '' ? '' : '    '}`
  const [from, to, between] = [
    line === '' ? '' : `${line}${deeper}`,
    line === '' ? '' : `${line}${indent}`,
    line === '' ? ',' : `,${line}${deeper}`,
  ]
  if (Array.isArray(value)) {
    if (depth < 0) return quoted(text(value))
    return value.length === 0 ? `[${to}${to}]` : `[${from}${value.map(one => written(one, depth - 1, line, deeper)).join(between)}${to}]`
  }
  if (value instanceof PsObject && value.names.length > 0 && depth >= 0) {
    const members = value.names.map(
      name => `${quoted(name)}:${line === '' ? '' : '  '}${written(value.get(name) ?? null, depth - 1, line, deeper)}`,
    )
    return `{${from}${members.join(between)}${to}}`
  }
  return quoted(text(value))
}

function quoted(value: string): string {
  return JSON.stringify(value).replace(/[<>&'\u0080-\uffff]/g, char =>
    /[<>&']/.test(char) ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : char,
  )
}

/** @throws SyntaxError when it isn't JSON */
export function fromJson(source: string): Value {
  return valueOf(JSON.parse(source))
}

function valueOf(json: unknown): Value {
  if (json === null || typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return json
  if (Array.isArray(json)) return json.map(valueOf)
  return new PsObject(
    CUSTOM,
    Object.entries(json as object).map(([name, one]) => [name, valueOf(one)]),
  )
}

/**
 * Formats CSV as PowerShell does: every field in quotes, the first object's properties, preceded by its type unless that is left out.
 */
export function toCsv(items: readonly Value[], delimiter: string, withType: boolean): string[] {
  const objects = items.map(item => (item instanceof PsObject ? item : new PsObject('System.String', [['Length', text(item).length]])))
  const [first] = objects
  if (first === undefined) return []
  const row = (fields: readonly string[]) => fields.map(field => `"${field.replaceAll('"', '""')}"`).join(delimiter)
  const field = (value: Value | undefined) =>
    value instanceof Date ? usDateTime(value) : Array.isArray(value) ? 'System.Object[]' : text(value)
  return [
    ...(withType ? [`#TYPE ${first.type === CUSTOM ? 'Selected.System.Management.Automation.PSCustomObject' : first.type}`] : []),
    row(first.names),
    ...objects.map(item => row(first.names.map(name => field(item.get(name))))),
  ]
}

/** Parses CSV. @param header the names of the columns; undefined: they are in the first line */
export function fromCsv(source: string, delimiter: string): PsObject[] {
  const [names = [], ...rows] = linesOf(source)
    .filter(line => line !== '' && !line.startsWith('#TYPE'))
    .map(line => fieldsOf(line, delimiter))
  return rows.map(
    fields =>
      new PsObject(
        CUSTOM,
        names.map((name, at) => [name, fields[at] ?? null]),
      ),
  )
}

function fieldsOf(line: string, delimiter: string): string[] {
  const fields: string[] = []
  let [field, quoted] = ['', false]
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (quoted && char === '"' && line[at + 1] === '"') field += line[++at] ?? ''
    else if (char === '"') quoted = !quoted
    else if (char === delimiter && !quoted) [field] = ['', fields.push(field)]
    else field += char
  }
  return [...fields, field]
}
