import { asCbcError } from '../core/errors.ts'
import { errorJson } from './errors.ts'
import { escapeJson } from './escape.ts'

/** Returns a value as a line of JSON, harmless to show; errors in it become objects as the contract describes them. */
export function jsonLine(value: unknown, indent = false): string {
  // A replacer is called for every value there is, which takes longer than all the rest.
  const text = JSON.stringify(value, hasError(value) ? withErrors : undefined, indent ? 2 : undefined)
  return `${escapeJson(text)}\n`
}

function withErrors(_key: string, item: unknown): unknown {
  return item instanceof Error ? errorJson(asCbcError(item)) : item
}

/** Whether there is an error anywhere in a value. */
function hasError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(hasError)
  if (value instanceof Error) return true
  for (const key in value) if (hasError((value as Record<string, unknown>)[key])) return true
  return false
}
