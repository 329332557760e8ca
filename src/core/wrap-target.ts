import type { LocalTarget } from './ports.ts'

/** Returns a target that does some things differently. Its path stays that of the inner one, which may change with `commit`. */
export function wrapTarget(target: LocalTarget, over: Partial<Omit<LocalTarget, 'path'>>): LocalTarget {
  return {
    ...target,
    ...over,
    get path() {
      return target.path
    },
  }
}
