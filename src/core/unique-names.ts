import { parse } from 'node:path'
import { fileNameKey } from './text/file-name-key.ts'
import { safeName } from './safe-name.ts'

/**
 * Returns a function that gives each name a unique place, even on file systems that ignore case and Unicode normalization: `a.txt`, then
 * `a (2).txt`.
 * @param besides returns names that are used together with a name, and must be unique too
 */
export function uniqueNames(besides: (name: string) => string[] = () => []): (wanted: string) => string {
  const taken = new Set<string>()
  return wanted => {
    const { name: stem, ext } = parse(safeName(wanted))
    for (let n = 1; ; n++) {
      const free = n === 1 ? stem + ext : `${stem} (${n})${ext}`
      const keys = [free, ...besides(free)].map(fileNameKey)
      if (keys.some(key => taken.has(key))) continue
      for (const key of keys) taken.add(key)
      return free
    }
  }
}
