import type { Row } from '../core/result.ts'
import { shortened } from '../core/text/shorten.ts'

/** The longest text of a field, characters: more of one tells an assistant nothing more, and hides the others. */
const MAX_TEXT = 8000

/** What is left to say, characters; and what was left out, in words. */
export interface Allowance {
  left: number
  readonly cut: string[]
}

/**
 * Cuts a value to what may be said of it: long texts at their end, long lists after so many items.
 * @param value of JSON
 * @param name the field that it is in, for what is said of cuts
 */
export function shrunk(value: unknown, name: string, allowance: Allowance): unknown {
  if (typeof value === 'string') return shrunkText(value, name, allowance)
  if (typeof value !== 'object' || value === null) {
    allowance.left -= 8
    return value
  }
  if (!Array.isArray(value)) return shrunkFields(value as Row, name, allowance)
  const items: unknown[] = value
  const kept: unknown[] = []
  for (const item of items) {
    if (allowance.left <= 0) break
    kept.push(shrunk(item, name, allowance))
  }
  if (kept.length < items.length) allowance.cut.push(`${name}: ${kept.length} of ${items.length} items`)
  return kept
}

function shrunkFields(value: Row, name: string, allowance: Allowance): Row {
  const entries = Object.entries(value)
  const kept: [string, unknown][] = []
  for (const [key, field] of entries) {
    if (allowance.left <= 0) break
    allowance.left -= key.length
    kept.push([key, shrunk(field, name === '' ? key : `${name}.${key}`, allowance)])
  }
  if (kept.length < entries.length) allowance.cut.push(`${name}: ${kept.length} of ${entries.length} fields`)
  return Object.fromEntries(kept)
}

function shrunkText(text: string, name: string, allowance: Allowance): string {
  const kept = shortened(text, Math.max(1, Math.min(MAX_TEXT, allowance.left)))
  if (kept !== text) allowance.cut.push(`${shortened(name, 100)}: the first ${kept.length - 1} of ${text.length} characters`)
  allowance.left -= kept.length + 8
  return kept
}
