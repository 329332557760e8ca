import { CbcError } from '../../core/errors.ts'
import { workThrough } from '../../core/work-list.ts'
import { Cursor } from '../../artifacts/cursor.ts'
import type { Part } from '../../artifacts/pattern.ts'
import type { Work } from '../../remote/files.ts'
import { enumKeyIfThere, type Key } from '../../remote/registry.ts'
import type { RemoteSession } from '../../remote/session.ts'

export interface FoundKeys {
  /** Each once, in the order of their paths, with the positions of the patterns that match it. */
  keys: { key: Key; patterns: number[] }[]
  unread: { path: string; error: CbcError; patterns: number[] }[]
}

interface Visit {
  path: string
  cursor: Cursor
  /** The patterns that this key matches. */
  matched: number[]
}

/** The most keys that are read on an endpoint. */
const MAX_KEYS = 50_000

/**
 * Finds the registry keys that patterns match, and reads each once ("reg enum key").
 * @throws CbcError network, timeout, interrupted
 */
export async function findKeys(session: RemoteSession, patterns: readonly (readonly Part[])[], work: Work): Promise<FoundKeys> {
  const found: FoundKeys = { keys: [], unread: [] }
  let left = MAX_KEYS
  const read = async ({ path, cursor, matched }: Visit): Promise<Visit[]> => {
    const { names } = cursor
    if (matched.length === 0 && names !== undefined) return names.map(({ name }) => visitOf(`${path}\\${name}`, name, cursor))
    if (left-- <= 0)
      throw new CbcError('remote', `${path}: not read, after ${MAX_KEYS.toLocaleString('en')} keys`, {
        hint: 'name fewer artifacts at a time',
      })
    const key = await enumKeyIfThere(session, path, work)
    if (key === undefined) return []
    if (matched.length > 0) found.keys.push({ key, patterns: matched })
    // An invalid name would lead to another key.
    return key.sub_keys
      .filter(name => name !== '' && !name.includes('\\'))
      .map(name => visitOf(`${path}\\${name}`, name, cursor))
      .filter(visit => visit.matched.length > 0 || !visit.cursor.isEmpty)
  }
  const visit = async (one: Visit): Promise<Visit[]> => {
    try {
      return await read(one)
    } catch (error) {
      if (!(error instanceof CbcError) || !['remote', 'not_found', 'usage'].includes(error.code)) throw error
      found.unread.push({ path: one.path, error, patterns: [...new Set([...one.matched, ...one.cursor.patterns])] })
      return []
    }
  }
  const top = Cursor.start(patterns, true)
  await workThrough(
    (top.names ?? []).map(({ name }) => visitOf(name, name, top)),
    visit,
  )
  found.keys.sort((a, b) => (a.key.path < b.key.path ? -1 : 1))
  return found
}

function visitOf(path: string, name: string, cursor: Cursor): Visit {
  const { matched, next } = cursor.step(name)
  return { path, cursor: next, matched }
}
