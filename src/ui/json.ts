import { asCbcError } from '../core/errors.ts'
import { errorJson } from './errors.ts'
import { escapeJson } from './escape.ts'

/** Returns a value as a line of JSON, harmless to show; errors in it become objects as the contract describes them. */
export function jsonLine(value: unknown, indent = false): string {
  const text = JSON.stringify(
    value,
    (_key, item: unknown) => (item instanceof Error ? errorJson(asCbcError(item)) : item),
    indent ? 2 : undefined,
  )
  return `${escapeJson(text)}\n`
}
