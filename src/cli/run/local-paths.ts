import type { AnyVerb } from '../../verbs/define.ts'

/** What the local paths that a verb was given are for. */
export interface LocalPaths {
  /** It reads some of this machine's files. */
  reads: boolean
  /** One says where files go that it brings home. */
  places: boolean
}

/**
 * Says what the local paths that a verb was given are for. Where it brings files home, a path that can be given several times is read all
 * the same.
 * @param input of the verb
 */
export function localPathsIn(
  { brings, arguments: arguments_, options }: Pick<AnyVerb, 'brings' | 'arguments' | 'options'>,
  input: Record<string, unknown>,
): LocalPaths {
  const given = Object.entries<{ kind: string; repeat?: boolean }>({ ...arguments_, ...options }).filter(
    ([key, { kind }]) => kind === 'local-path' && [input[key]].flat().some(path => path !== undefined),
  )
  const isRead = ({ repeat = false }: { repeat?: boolean }) => brings === undefined || repeat
  return { reads: given.some(([, word]) => isRead(word)), places: given.some(([, word]) => !isRead(word)) }
}
