import { parseDuration } from '../../core/quantity.ts'

/** Invalid settings or faults; the message names the field. */
export class InvalidSettings extends Error {
  override name = 'InvalidSettings'
}

/** Validates a value from JSON, and returns it. @param name the field, for messages @throws InvalidSettings */
export type Check<T> = (value: unknown, name: string) => T

/** A duration, in milliseconds or as text such as `30s` or `5m`; returns milliseconds. */
export const duration: Check<number> = (value, name) => {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  if (typeof value === 'string' && value !== '') return value === '0' ? 0 : parsed(value, name)
  throw new InvalidSettings(`${name} must be milliseconds, or text such as "30s"`)
}

function parsed(text: string, name: string): number {
  try {
    return parseDuration(text)
  } catch {
    throw new InvalidSettings(`${name}: "${text}" is not a duration such as "30s"`)
  }
}

/** A whole number, at least `least`. */
export const whole =
  (least: number): Check<number> =>
  (value, name) => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return value as number
    throw new InvalidSettings(`${name} must be a whole number, ${least} or more`)
  }

/** A number from `least` to `most`. */
export const between =
  (least: number, most: number): Check<number> =>
  (value, name) => {
    if (typeof value === 'number' && value >= least && value <= most) return value
    throw new InvalidSettings(`${name} must be a number from ${least} to ${most}`)
  }

export const flag: Check<boolean> = (value, name) => {
  if (typeof value === 'boolean') return value
  throw new InvalidSettings(`${name} must be true or false`)
}

export const text: Check<string> = (value, name) => {
  if (typeof value === 'string') return value
  throw new InvalidSettings(`${name} must be text`)
}

export const texts: Check<string[]> = (value, name) => {
  if (!Array.isArray(value)) throw new InvalidSettings(`${name} must be a list of texts`)
  return value.map((one, at) => text(one, `${name}[${at}]`))
}

/** One of a few values. */
export const oneOf =
  <const T extends string | number>(...choices: T[]): Check<T> =>
  (value, name) => {
    const found = choices.find(choice => choice === value)
    if (found === undefined) throw new InvalidSettings(`${name} must be one of ${choices.join(', ')}`)
    return found
  }

type Checks<T> = { [K in keyof T]-?: Check<Exclude<T[K], undefined>> }

/** An object with these fields and no others; each may be missing. */
export const fields =
  <T extends object>(checks: Checks<T>): Check<Partial<T>> =>
  (value, name) => {
    const found: Partial<T> = {}
    for (const [field, given] of Object.entries(object(value, name))) {
      const at = name === '' ? field : `${name}.${field}`
      if (!Object.hasOwn(checks, field)) throw new InvalidSettings(`${at} is unknown; choose from ${Object.keys(checks).join(', ')}`)
      found[field as keyof T] = checks[field as keyof T](given, at) as T[keyof T]
    }
    return found
  }

/** A JSON object. */
export function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new InvalidSettings(`${name === '' ? 'the input' : name} must be a JSON object`)
}
