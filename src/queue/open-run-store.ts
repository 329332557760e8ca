import type { Secret } from '../core/secret.ts'
import type { RunStore } from '../runs/run-store.ts'
import { serverUrl } from './server-url.ts'
import { keyOf } from './stored.ts'
import { StoredRunStore } from './stored-run-store.ts'

/**
 * Opens the store of an organization's runs on a queue server, and loads what reaches that. The connection is made when it is first used, and again
 * whenever it broke.
 * @param organization any text that identifies it
 * @param timeoutMs how long an operation may take, milliseconds
 * @throws CbcError usage: the URL can't be used
 */
export async function openRunStore(url: Secret, organization: string, timeoutMs?: number): Promise<RunStore> {
  const key = keyOf(organization)
  if (serverUrl(url).engine === 'PostgreSQL') {
    const { PostgresServer } = await import('./postgres-server.ts')
    return new StoredRunStore(new PostgresServer(url, key, timeoutMs))
  }
  const { RedisServer } = await import('./redis-server.ts')
  return new StoredRunStore(new RedisServer(url, key, timeoutMs))
}
