import { parse } from 'node:path'
import { fileNameKey } from './text/file-name-key.ts'
import { safeName } from './safe-name.ts'

/** Gives each name a place of its own. Called, it takes the place. */
export interface UniqueNames {
  (wanted: string): string
  /** Yields the places that the name could have, the one that would be taken first: `a.txt`, `a (2).txt`, … without an end. */
  places(wanted: string): Iterable<string>
  /** Takes this very place. @returns whether it was free */
  take(name: string): boolean
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
  function* places(wanted: string): Generator<string> {
    const { name: stem, ext } = parse(safeName(wanted))
    for (let n = 1; ; n++) {
      const free = n === 1 ? stem + ext : `${stem} (${n})${ext}`
      if (!keysOf(free).some(key => taken.has(key))) yield free
    }
  }
  const take = (name: string) => {
    const keys = keysOf(name)
    if (keys.some(key => taken.has(key))) return false
    for (const key of keys) taken.add(key)
    return true
  }
  const next = (wanted: string) => {
    const [name = ''] = places(wanted)
    take(name)
    return name
  }
  const free = (name: string) => {
    for (const key of keysOf(name)) taken.delete(key)
  }
  return Object.assign(next, { places, take, free })
}
