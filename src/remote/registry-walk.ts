import { CbcError } from '../core/errors.ts'
import { IN_FLIGHT } from '../core/concurrent-map.ts'
import { append } from '../core/lists.ts'
import type { Work } from './files.ts'
import { enumKey, type Key } from './registry.ts'
import type { RemoteSession } from './session.ts'

/** The registry itself is no deeper; a server that goes on is going in circles. */
const DEEPEST = 512

/** A key that could not be read; what is below it stays unknown. */
export interface UnreadKey {
  path: string
  error: CbcError
}

interface Visit {
  path: string
  depth: number
  /** Once it is asked for; never rejects. */
  key?: Promise<Key | UnreadKey | Fatal>
}

/** What ends the whole walk. */
class Fatal {
  readonly reason: unknown
  constructor(reason: unknown) {
    this.reason = reason
  }
}

/**
 * A key and all below it, each before its sub keys, in the endpoint's order. A key that can't be read, or that went away meanwhile, does not stop the others.
 * @throws CbcError the key itself can't be read; anything but the endpoint's own refusals: network, timeout, interrupted
 */
export async function* walkKeys(session: RemoteSession, path: string, work: Work): AsyncGenerator<Key | UnreadKey> {
  const over = new AbortController()
  const signal = AbortSignal.any([work.signal, over.signal])
  const ask = (visit: Visit) => (visit.key ??= read(session, visit, signal))
  const stack: Visit[] = [{ path, depth: 0 }]
  try {
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      const asked = ask(visit)
      for (const next of stack.slice(1 - IN_FLIGHT).reverse()) void ask(next)
      const key = await asked
      if (key === undefined) return
      if (key instanceof Fatal) throw key.reason
      if ('error' in key && visit.depth === 0) throw key.error
      yield key
      if ('error' in key) continue
      const { depth } = visit
      append(stack, key.sub_keys.map(name => ({ path: `${key.path}\\${name}`, depth: depth + 1 })).reverse())
    }
  } finally {
    over.abort(new CbcError('interrupted', 'nobody wants the rest'))
  }
}

/** Whether what the walk came to could not be read. */
export function isUnread(key: Key | UnreadKey): key is UnreadKey {
  return 'error' in key
}

async function read(session: RemoteSession, { path, depth }: Visit, signal: AbortSignal): Promise<Key | UnreadKey | Fatal> {
  try {
    if (depth > DEEPEST) throw new CbcError('remote', `${path}: deeper than a registry can be`, { device_id: session.device.id })
    return await enumKey(session, path, { signal })
  } catch (error) {
    return error instanceof CbcError && (error.code === 'remote' || error.code === 'not_found') ? { path, error } : new Fatal(error)
  }
}
