import { usage } from './errors.ts'

const DURATION_UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Longest duration, characters: a longer text is a mistake, and would take long to parse. */
const LONGEST_DURATION = 100
const SIZE_FACTORS: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }
const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/**
 * Parses a duration such as `500ms`, `30s`, `5m`, `1h30m`, `2d` into milliseconds.
 * @throws CbcError usage
 */
export function parseDuration(text: string): number {
  const parts = text.length > LONGEST_DURATION ? [] : [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)]
  const whole = parts.map(part => part[0]).join('')
  const total = parts.reduce((sum, part) => sum + Number(part[1]) * (DURATION_UNITS[part[2] ?? ''] ?? NaN), 0)
  if (whole !== text || !(total > 0) || total > 2 ** 40) throw usage(`"${text}" is not a duration`, 'write 30s, 5m, 24h')
  return total
}

/** Formats `ms` milliseconds for people: `850 ms`, `4.2 s`, `3 m 20 s`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours} h ${minutes} m` : `${minutes} m ${seconds % 60} s`
}

/** Formats a size for people, in powers of 1024: `0 B`, `1.5 KiB`, `12 MiB`. */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (Math.round(value) >= 1024 && unit < SIZE_UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${SIZE_UNITS[unit]}`
}

/** Reads a size such as `100`, `10k`, `1.5M`, `2GiB`, in powers of 1024. @returns bytes; undefined where it is not one */
export function readSize(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([bkmgt]?)(?:i?b)?$/i.exec(text) ?? []
  const bytes = Math.round(Number(digits) * (SIZE_FACTORS[unit?.toLowerCase() ?? ''] ?? NaN))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/**
 * Parses a whole number of at least `least`.
 * @param what the name of the value, for the message: `--offset`
 * @throws CbcError usage
 */
export function parseCount(text: string, what: string, least = 0): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw usage(`${what}: "${text}" is not a whole number${least > 0 ? ` of at least ${least}` : ''}`)
  return value
}
