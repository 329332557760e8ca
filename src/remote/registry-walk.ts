import { linked } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { DEFAULT_CONCURRENCY } from '../core/concurrent-map.ts'
import { append } from '../core/lists.ts'
import type { Work } from './files.ts'
import { enumKey, type Key } from './registry.ts'
import type { RemoteSession } from './session.ts'

/** The registry itself is no deeper; a server that goes on is going in circles. */
const MAX_DEPTH = 512
/** Keys of a walk; at a command each that is hours, and a tree with more of them may have no end. */
const MAX_KEYS = 100_000

/** What keeps one key from being read, and no other: its path may also be too long for a command. */
const OF_ONE_KEY = new Set(['remote', 'not_found', 'usage'])

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
 * A key and all below it, each before its sub keys, in the endpoint's order. A key that can't be read, or that went away meanwhile, does
 * not stop the others.
 * A tree without end comes to one: its last key is one that can't be read.
 * @param most keys that are read
 * @throws CbcError the key itself can't be read; anything but the endpoint's own refusals: network, timeout, interrupted
 */
export async function* walkKeys(session: RemoteSession, path: string, work: Work, most = MAX_KEYS): AsyncGenerator<Key | UnreadKey> {
  const over = linked(work.signal)
  const ask = (visit: Visit) => (visit.key ??= read(session, visit, over.signal))
  const stack: Visit[] = [{ path, depth: 0 }]
  let left = most
  try {
    for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
      const end =
        visit.depth > MAX_DEPTH
          ? 'deeper than a registry can be'
          : left-- === 0
            ? `more than ${most.toLocaleString('en')} keys were found`
            : undefined
      if (end !== undefined) return yield { path: visit.path, error: endless(session, visit.path, end) }
      const asked = ask(visit)
      for (const next of stack.slice(1 - DEFAULT_CONCURRENCY).reverse()) void ask(next)
      const key = await asked
      if (key === undefined) return
      if (key instanceof Fatal) throw key.reason
      if ('error' in key && visit.depth === 0) throw key.error
      yield key
      if ('error' in key) continue
      const { depth } = visit
      append(stack, key.sub_keys.map(name => below(session, key.path, name, depth + 1)).reverse())
    }
  } finally {
    over.abort(new CbcError('interrupted', 'nobody wants the rest'))
    over.clear()
  }
}

/** Whether what the walk came to could not be read. */
export function isUnread(key: Key | UnreadKey): key is UnreadKey {
  return 'error' in key
}

/** A sub key's turn. One whose name is none would lead to another key: it is told of, and nothing is asked for. */
function below(session: RemoteSession, parent: string, name: string, depth: number): Visit {
  const path = `${parent}\\${name}`
  if (name !== '' && !name.includes('\\')) return { path, depth }
  const error = new CbcError('remote', `${parent}: "${name}" is no name of a sub key: none is empty or holds a backslash`, {
    device_id: session.device.id,
  })
  return { path, depth, key: Promise.resolve({ path, error }) }
}

function endless(session: RemoteSession, path: string, why: string): CbcError {
  return new CbcError('remote', `${path}: ${why}: this key and what comes after it are left out`, {
    hint: 'take the keys below one by one',
    device_id: session.device.id,
  })
}

async function read(session: RemoteSession, { path }: Visit, signal: AbortSignal): Promise<Key | UnreadKey | Fatal> {
  try {
    return await enumKey(session, path, { signal })
  } catch (error) {
    return error instanceof CbcError && OF_ONE_KEY.has(error.code) ? { path, error } : new Fatal(error)
  }
}
