import { usage } from '../../core/errors.ts'
import type { FileStore } from '../../core/file-store.ts'
import type { Host } from '../../core/host.ts'
import type { Progress } from '../../core/ports.ts'
import type { Globals } from '../../engine/globals.ts'
import type { AnyVerb } from '../../verbs/define.ts'
import { localPathsIn } from './local-paths.ts'

/**
 * Checks that `--store` and what was typed fit together.
 * @param input of the verb
 * @throws CbcError usage
 */
export function checkStore(verb: Pick<AnyVerb, 'name' | 'brings' | 'arguments' | 'options'>, input: Record<string, unknown>): void {
  const { name, brings } = verb
  const { places } = localPathsIn(verb, input)
  if (brings === 'folder' && places) throw usage(`${name}: a local path and --store exclude each other`, 'name one place for the files')
  if (brings === 'file' && !places) throw usage(`${name}: --store: no file is brought home`, 'name the file, without a folder')
}

/** What a store is opened with. */
export interface StoreContext {
  host: Host
  globals: Pick<Globals, 'verbose'>
  progress: Progress
}

/**
 * Does work with the store that was asked for, if one was.
 * @throws CbcError usage, io, auth, not_found: it can't be used; whatever the work throws
 */
export async function withStore<T>(
  where: string | undefined,
  { host, globals, progress }: StoreContext,
  work: (store: FileStore | undefined) => Promise<T>,
): Promise<T> {
  if (where === undefined) return await work(undefined)
  const [{ openStore }, { logged }] = await Promise.all([import('../../evidence-store/open-store.ts'), import('../logged-transport.ts')])
  const store = await openStore(where, host, {
    signal: host.interrupt,
    ...(globals.verbose ? { logged: send => logged(send, host, progress) } : {}),
  })
  try {
    return await work(store)
  } finally {
    store.close()
  }
}
