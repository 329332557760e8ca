import type { JournalLine } from '../journal-line.ts'

/** Returns what a line calls its device; undefined where it is about none. */
export function deviceName({ device }: JournalLine): string | undefined {
  if (device == null) return undefined
  const { id, name } = device
  return typeof name === 'string' && name !== '' ? name : String(id)
}
