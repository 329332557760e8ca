import { asCbcError } from '../core/errors.ts'
import { errorJson } from './errors.ts'
import { escapeJson } from '../core/text/escape-json.ts'

/** Returns a value as a line of JSON, harmless to show; errors in it become objects as the contract describes them. */
export function jsonLine(value: unknown, indent = false): string {
  // A replacer is called for every value there is, which takes longer than all the rest.
  const text = JSON.stringify(value, hasError(value) ? withErrors : undefined, indent ? 2 : undefined)
  return `${escapeJson(text)}\n`
}

/** Writes the items of an array as they come, each on a line of its own. */
export class JsonArrayText {
  #lead = '['

  /** Returns the text of the next item. @param line its JSON, with or without a line break */
  item(line: string): string {
    const text = this.#lead + line.trimEnd()
    this.#lead = ',\n'
    return text
  }

  /** Returns the end of the array. */
  end(): string {
    return this.#lead === '[' ? '[]\n' : ']\n'
  }
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
