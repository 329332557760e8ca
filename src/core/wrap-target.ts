import type { LocalTarget } from './ports.ts'

/** Returns a target that does some things differently. Its path, and what it is kept beside, stay those of the inner one, which may change with `commit`. */
export function wrapTarget(target: LocalTarget, over: Partial<Omit<LocalTarget, 'path' | 'earlier'>>): LocalTarget {
  return {
    ...target,
    ...over,
    get path() {
      return target.path
    },
    get earlier() {
      return target.earlier
    },
  }
}
