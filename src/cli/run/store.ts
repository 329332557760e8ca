import { usage } from '../../core/errors.ts'
import type { FileStore } from '../../core/file-store.ts'
import type { Host } from '../../core/host.ts'
import type { AnyVerb } from '../../verbs/define.ts'

/**
 * Checks that `--store` and what was typed fit together.
 * @param input of the verb
 * @throws CbcError usage
 */
export function checkStore(
  { name, brings, arguments: arguments_, options }: Pick<AnyVerb, 'name' | 'brings' | 'arguments' | 'options'>,
  input: Record<string, unknown>,
): void {
  const local = Object.entries({ ...arguments_, ...options }).some(([key, { kind }]) => kind === 'local-path' && input[key] !== undefined)
  if (brings === 'folder' && local) throw usage(`${name}: a local path and --store exclude each other`, 'name one place for the files')
  if (brings === 'file' && !local) throw usage(`${name}: --store: no file is brought home`, 'name the file, without a folder')
}

/**
 * Does work with the store that was asked for, if one was.
 * @throws CbcError usage, io, auth: it can't be used
 */
export async function withStore<T>(where: string | undefined, host: Host, work: (store: FileStore | undefined) => Promise<T>): Promise<T> {
  if (where === undefined) return await work(undefined)
  const { openStore } = await import('../../store/open-store.ts')
  const store = await openStore(where, host)
  try {
    return await work(store)
  } finally {
    store.close()
  }
}
