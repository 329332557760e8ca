import type { RedisOptions } from 'ioredis'
import { createPostgresBackend, runMigrations } from 'bullmq'
import type { Secret } from '../core/secret.ts'
import { serverUrl } from './server-url.ts'

/** What BullMQ reaches a server with. */
export interface EngineConnection {
  /** The server, as it may be shown. */
  shown: string
  /** BullMQ's way to reach that kind of server; absent: its own default. */
  backend: typeof createPostgresBackend | undefined
  /** Its connections, for what asks and for what waits for turns. */
  forQueue: object
  forWorker: object
  /** A failure in this program's words. */
  failure(error: unknown): unknown
  close(): Promise<void>
}

/** BullMQ's tables are in a schema of their own. */
const SCHEMA = 'bullmq'
/** Connections of a pool: one of them waits for turns. */
const CONNECTIONS = 8

/** Connects to a queue server. @throws CbcError usage, auth, network */
export async function connectTo(url: Secret): Promise<EngineConnection> {
  return serverUrl(url).engine === 'PostgreSQL' ? await postgres(url) : await redis(url)
}

async function postgres(url: Secret): Promise<EngineConnection> {
  const { postgresFailure, postgresPool } = await import('./postgres-server.ts')
  const { shown } = serverUrl(url)
  const pool = postgresPool(url, { max: CONNECTIONS, options: `-c search_path=${SCHEMA}` })
  const failure = (error: unknown) => postgresFailure(shown, error)
  try {
    const client = await pool.connect()
    try {
      await runMigrations(client, SCHEMA)
    } finally {
      client.release()
    }
  } catch (error) {
    await pool.end()
    throw failure(error)
  }
  return { shown, backend: createPostgresBackend, forQueue: pool, forWorker: pool, failure, close: () => pool.end() }
}

async function redis(url: Secret): Promise<EngineConnection> {
  const [{ default: Redis }, { redisFailure, redisOptions, retryStrategy }] = await Promise.all([
    import('ioredis'),
    import('./redis-server.ts'),
  ])
  const { shown } = serverUrl(url)
  const options: RedisOptions = {
    ...redisOptions(url),
    lazyConnect: true,
    // BullMQ waits for a server that is away, and so needs this.
    maxRetriesPerRequest: null,
    retryStrategy,
  }
  const client = new Redis(options as never)
  let broken: Error | undefined
  client.on('error', (error: Error) => {
    broken = error
  })
  const failure = (error: unknown) => redisFailure(shown, error as Error, broken)
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    throw failure(error)
  }
  return {
    shown,
    backend: undefined,
    forQueue: client,
    forWorker: client,
    failure,
    async close() {
      client.disconnect()
    },
  }
}
