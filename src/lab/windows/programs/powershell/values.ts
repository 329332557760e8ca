import type { Statement } from './syntax.ts'

/** A value of a variable, a property or a pipeline. */
export type Value = null | boolean | number | string | Date | Uint8Array | Value[] | PsObject | ScriptBlock

/** An object, with its .NET type and its properties, whose names are case-insensitive. */
export class PsObject {
  readonly type: string
  private readonly all: Map<string, { name: string; value: Value }>
  /** Its text; undefined: PowerShell's default for objects without one. */
  readonly text: string | undefined

  constructor(type: string, properties: Iterable<readonly [name: string, value: Value]> = [], text?: string) {
    this.type = type
    this.all = new Map()
    this.text = text
    for (const [name, value] of properties) this.set(name, value)
  }

  get(name: string): Value | undefined {
    return this.all.get(name.toLowerCase())?.value
  }

  set(name: string, value: Value): void {
    const key = name.toLowerCase()
    this.all.set(key, { name: this.all.get(key)?.name ?? name, value })
  }

  get names(): string[] {
    return [...this.all.values()].map(({ name }) => name)
  }

  get values(): Value[] {
    return [...this.all.values()].map(({ value }) => value)
  }
}

/** A script block. */
export class ScriptBlock {
  readonly body: readonly Statement[]
  readonly parameters: readonly string[]
  constructor(body: readonly Statement[], parameters: readonly string[] = []) {
    this.body = body
    this.parameters = parameters
  }
}

export const HASHTABLE = 'System.Collections.Hashtable'
export const CUSTOM = 'System.Management.Automation.PSCustomObject'

/** Makes an object from plain members. */
export function object(type: string, members: Record<string, Value>, text?: string): PsObject {
  return new PsObject(type, Object.entries(members), text)
}

/** Returns the output of a pipeline as one value: null, the single item, or a list. */
export function single(values: readonly Value[]): Value {
  return values.length === 0 ? null : values.length === 1 ? (values[0] ?? null) : [...values]
}

/** Returns a value as a list; null gives an empty one. */
export function listOf(value: Value | undefined): Value[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : value instanceof Uint8Array ? [...value] : [value]
}

export function truthy(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.length > 1 || truthy(value[0])
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== ''
}

/** Converts a value to text as PowerShell does. */
export function text(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof Date) return usDateTime(value)
  if (Array.isArray(value)) return value.map(text).join(' ')
  if (value instanceof Uint8Array) return value.join(' ')
  if (value instanceof ScriptBlock) return ''
  if (!(value instanceof PsObject)) return String(value)
  if (value.text !== undefined) return value.text
  return value.type === CUSTOM ? `@{${value.names.map(name => `${name}=${text(value.get(name))}`).join('; ')}}` : value.type
}

/** Formats a time such as `11/4/2025 3:30:00 PM`. */
export function usDateTime(date: Date): string {
  const [hours, part] = [date.getUTCHours(), (value: number) => String(value).padStart(2, '0')]
  return `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()} ${hours % 12 || 12}:${part(date.getUTCMinutes())}:${part(date.getUTCSeconds())} ${hours < 12 ? 'AM' : 'PM'}`
}

/** Converts a value to a number, or NaN. */
export function numberOf(value: Value | undefined): number {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') return Number(value)
  if (value === null || value === undefined) return 0
  const trimmed = text(value).trim()
  return trimmed === '' ? 0 : Number(trimmed)
}

/** Compares two values by the type of the first: below 0, 0, above 0. Texts are compared case-insensitively, unless requested otherwise. */
export function compare(a: Value, b: Value, exact = false): number {
  if (typeof a === 'number' || a instanceof Date || typeof a === 'boolean') {
    const other = a instanceof Date && typeof b === 'string' ? Date.parse(b) : typeof a === 'boolean' ? Number(truthy(b)) : numberOf(b)
    return Number.isNaN(other) ? 1 : numberOf(a) - other
  }
  if ((a === null) !== (b === null)) return a === null ? -1 : 1
  const [x, y] = exact ? [text(a), text(b)] : [text(a).toLowerCase(), text(b).toLowerCase()]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Whether two values are equal by `-eq`. */
export function same(a: Value, b: Value, exact = false): boolean {
  if (a instanceof PsObject && b instanceof PsObject && a.text === undefined) return a === b
  return (a === null) === (b === null) && compare(a, b, exact) === 0
}
