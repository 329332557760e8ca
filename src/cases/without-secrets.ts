import { HIDDEN, holdsSecret } from '../core/text/secrets.ts'

/**
 * Returns arguments as they may be kept: without those that were not given, and without secrets.
 * @param line what is left of the line that they were typed in, where it held a secret: no argument is kept that isn't in it
 */
export function argumentsWithout(given: Record<string, unknown>, line: string | undefined): Record<string, unknown> {
  const kept = (value: unknown): unknown => {
    if (typeof value === 'string') return (line !== undefined && !line.includes(value)) || holdsSecret(value) ? HIDDEN : value
    if (Array.isArray(value)) return value.map(kept)
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      return argumentsWithout(value as Record<string, unknown>, line)
    return value
  }
  return Object.fromEntries(
    Object.entries(given)
      .filter(([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]) => [name, kept(value)]),
  )
}
