import { linked } from '../core/abort.ts'
import { CbcError } from '../core/errors.ts'
import { DEFAULT_CONCURRENCY } from '../core/concurrent-map.ts'
import { append } from '../core/lists.ts'
import type { Work } from './files.ts'
import { enumKey, type Key } from './registry.ts'
import type { RemoteSession } from './session.ts'

/** No registry is deeper: beyond this the server is going in circles. */
const MAX_DEPTH = 512
/** The most keys of a walk: at one command each they take hours, and a larger tree may have no end. */
const MAX_KEYS = 100_000

/** Failures that concern one key only; `usage` is a path that is too long for a command. */
const SINGLE_KEY_ERRORS = new Set(['remote', 'not_found', 'usage'])

/** A key that could not be read; what is below it is unknown. */
export interface UnreadKey {
  path: string
  error: CbcError
}

interface Visit {
  path: string
  depth: number
  /** Present once it was requested; never rejects. */
  key?: Promise<Key | UnreadKey | FatalFailure>
}

/** A failure that ends the whole walk. */
class FatalFailure {
  readonly reason: unknown
  constructor(reason: unknown) {
    this.reason = reason
  }
}

/**
 * Yields a key and everything below it, each key before its sub keys, in the endpoint's order. A key that can't be read, or has gone
 * meanwhile, doesn't stop the walk. The walk through an endless tree ends with a key that can't be read.
 * @param most the most keys that are read
 * @throws CbcError when the first key can't be read; network, timeout, interrupted
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
      if (end !== undefined) return yield { path: visit.path, error: endlessError(session, visit.path, end) }
      const asked = ask(visit)
      for (const next of stack.slice(1 - DEFAULT_CONCURRENCY).reverse()) void ask(next)
      const key = await asked
      if (key === undefined) return
      if (key instanceof FatalFailure) throw key.reason
      if ('error' in key && visit.depth === 0) throw key.error
      yield key
      if ('error' in key) continue
      const { depth } = visit
      append(stack, key.sub_keys.map(name => visitOf(session, key.path, name, depth + 1)).reverse())
    }
  } finally {
    over.abort(new CbcError('interrupted', 'the rest of the walk is not needed'))
    over.clear()
  }
}

/** Whether a key of a walk could not be read. */
export function isUnread(key: Key | UnreadKey): key is UnreadKey {
  return 'error' in key
}

/** Queues a sub key. An invalid name would lead to another key: it is reported, and nothing is requested. */
function visitOf(session: RemoteSession, parent: string, name: string, depth: number): Visit {
  const path = `${parent}\\${name}`
  if (name !== '' && !name.includes('\\')) return { path, depth }
  const error = new CbcError('remote', `${parent}: "${name}" is not a valid name of a sub key: it is empty or holds a backslash`, {
    device_id: session.device.id,
  })
  return { path, depth, key: Promise.resolve({ path, error }) }
}

function endlessError(session: RemoteSession, path: string, why: string): CbcError {
  return new CbcError('remote', `${path}: ${why}: this key and all that follow are left out`, {
    hint: 'read the keys below it one by one',
    device_id: session.device.id,
  })
}

async function read(session: RemoteSession, { path }: Visit, signal: AbortSignal): Promise<Key | UnreadKey | FatalFailure> {
  try {
    return await enumKey(session, path, { signal })
  } catch (error) {
    return error instanceof CbcError && SINGLE_KEY_ERRORS.has(error.code) ? { path, error } : new FatalFailure(error)
  }
}
