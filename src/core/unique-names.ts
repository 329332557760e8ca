import { parse } from 'node:path'
import { fileNameKey } from './text/file-name-key.ts'
import { safeName } from './safe-name.ts'

/** Gives each name a place of its own. Called, it takes the place. */
export interface UniqueNames {
  (wanted: string): string
  /** Returns the place that would be taken. */
  next(wanted: string): string
  /** Gives a place back. */
  free(name: string): void
}

/**
 * Returns a function that gives each name a unique place, even on file systems that ignore case and Unicode normalization: `a.txt`, then
 * `a (2).txt`.
 * @param besides returns names that are used together with a name, and must be unique too
 */
export function uniqueNames(besides: (name: string) => string[] = () => []): UniqueNames {
  const taken = new Set<string>()
  const keysOf = (name: string) => [name, ...besides(name)].map(fileNameKey)
  const next = (wanted: string) => {
    const { name: stem, ext } = parse(safeName(wanted))
    for (let n = 1; ; n++) {
      const free = n === 1 ? stem + ext : `${stem} (${n})${ext}`
      if (!keysOf(free).some(key => taken.has(key))) return free
    }
  }
  const take = (wanted: string) => {
    const name = next(wanted)
    for (const key of keysOf(name)) taken.add(key)
    return name
  }
  const free = (name: string) => {
    for (const key of keysOf(name)) taken.delete(key)
  }
  return Object.assign(take, { next, free })
}
