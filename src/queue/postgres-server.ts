import pg from 'pg'
import { CbcError, usage } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { DeviceState } from '../runs/journal.ts'
import { once } from './once.ts'
import { MIGRATIONS } from './postgres-schema.ts'
import { connectionFailure, OPERATION_TIMEOUT_MS, serverError } from './server-error.ts'
import { decoded, onlyParameters, serverUrl } from './server-url.ts'
import { PAGE_SIZE, type NewRun, type StoredEvent } from './stored.ts'
import type { StoreServer, StoredClaim, StoredTaking } from './stored-run-store.ts'

/** Any number, which no other program should use: while it is locked, tables are made. */
const MIGRATION_LOCK = 7_232_630_419
/** Operations on one run wait for each other anyway. */
const CONNECTIONS = 8

/** Encodings that keep every text. */
const ENCODINGS = ['UTF8', 'SQL_ASCII']

/** How TLS is used; without `sslmode` it isn't, as other clients on Node have it. */
const SSL_MODES: Record<string, { rejectUnauthorized: boolean } | false> = {
  disable: false,
  require: { rejectUnauthorized: false },
  'verify-full': { rejectUnauthorized: true },
}

/** Reads the URL of a PostgreSQL, for its client. @throws CbcError usage */
export function postgresOptions(secret: Secret): pg.PoolConfig {
  const { url } = serverUrl(secret)
  onlyParameters(url, ['sslmode', 'host'])
  const mode = url.searchParams.get('sslmode') ?? 'disable'
  const ssl = SSL_MODES[mode]
  if (ssl === undefined)
    throw usage(`the URL of the queue server has an unknown sslmode: ${mode}`, `it is one of ${Object.keys(SSL_MODES).join(', ')}`)
  const database = decoded(url.pathname.slice(1), 'database')
  return {
    ssl,
    application_name: 'cbc',
    keepAlive: true,
    // A folder, for a socket of this machine: `?host=/run/postgresql`.
    host: url.searchParams.get('host') ?? (url.hostname === '' ? 'localhost' : url.hostname.replace(/^\[(.*)\]$/, '$1')),
    port: url.port === '' ? 5432 : Number(url.port),
    ...(url.username === '' ? {} : { user: decoded(url.username, 'user') }),
    ...(url.password === '' ? {} : { password: decoded(url.password, 'password') }),
    ...(database === '' ? {} : { database }),
  }
}

/** Makes connections to a PostgreSQL, on demand. @throws CbcError usage */
export function postgresPool(url: Secret, options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...postgresOptions(url), ...options })
  // A connection that breaks is replaced, and what is asked over it fails by itself: while nothing is, the failure concerns nobody.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** Runs of an organization in a PostgreSQL: in the schema `cbc`, which is made when it is first used. */
export class PostgresServer implements StoreServer {
  readonly #pool: pg.Pool
  readonly #shown: string
  readonly #organization: string
  readonly #connected = new Set<pg.PoolClient>()
  readonly #ready = once(() => this.#migrate())

  /** @param organization its key @throws CbcError usage */
  constructor(url: Secret, organization: string, timeoutMs = OPERATION_TIMEOUT_MS) {
    this.#shown = serverUrl(url).shown
    this.#organization = organization
    this.#pool = postgresPool(url, { max: CONNECTIONS, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs })
    this.#pool.on('connect', client => this.#connected.add(client))
    this.#pool.on('remove', client => this.#connected.delete(client))
  }

  async create(run: string, { shared, devices, canary, canaryReason, maxFailures, failuresReason }: NewRun): Promise<void> {
    await this.#query(
      `with made as (
         insert into cbc.run (organization, name, shared, canary_reason, max_failures, failures_reason, firsts, unsettled)
         values ($1, $2, $3, $4, $5, $6, $7, cardinality($8::bigint[])) on conflict do nothing returning id)
       insert into cbc.device (run, id, is_first) select made.id, device.id, device.place <= $7 from made, unnest($8::bigint[]) with ordinality as device (id, place)`,
      [this.#organization, run, shared, canaryReason, maxFailures, failuresReason, canary, devices],
    )
  }

  async read(run: string): ReturnType<StoreServer['read']> {
    const [row] = await this.#query<{ shared: string; stopped: string | null; over: boolean }>(
      `select shared, stopped, running = 0 and (unsettled = 0 or stopped is not null) as over from cbc.run where organization = $1 and name = $2`,
      [this.#organization, run],
    )
    return row && { shared: row.shared, stopped: row.stopped, isOver: row.over }
  }

  async claim(last: StoredClaim, entry: string, unbegun: string): Promise<StoredTaking> {
    return await this.#call('claim($1, $2, $3, $4, $5, $6)', [...this.#of(last), entry, unbegun])
  }

  async intent(claim: StoredClaim, entry: string, change: string): Promise<boolean> {
    return await this.#call('intent($1, $2, $3, $4, $5, $6)', [...this.#of(claim), entry, change])
  }

  async settle(claim: StoredClaim, state: DeviceState, entry: string, line: string): Promise<boolean> {
    return await this.#call('settle($1, $2, $3, $4, $5, $6, $7)', [...this.#of(claim), state, entry, line])
  }

  async release(claim: StoredClaim, state: DeviceState, entry: string): Promise<boolean> {
    return await this.#call('release($1, $2, $3, $4, $5, $6)', [...this.#of(claim), state, entry])
  }

  async events(run: string, after: number, most: number): Promise<StoredEvent[]> {
    const rows = await this.#query<Omit<StoredEvent, 'sequence' | 'at'> & { sequence: string; at: string }>(
      `select sequence, at, entry, change, line from (
         select event.*, sum(coalesce(octet_length(line), 0)) over (order by event.sequence) - coalesce(octet_length(line), 0) as before
         from cbc.event join cbc.run on run.id = event.run
         where organization = $1 and name = $2 and event.sequence > $3 order by event.sequence limit $4) as page
       where before < $5 order by sequence`,
      [this.#organization, run, after, most, PAGE_SIZE],
    )
    return rows.map(({ sequence, at, ...event }) => ({ sequence: Number(sequence), at: Number(at), ...event }))
  }

  async stop(run: string, reason: string): Promise<void> {
    await this.#query('update cbc.run set stopped = coalesce(stopped, $3) where organization = $1 and name = $2', [
      this.#organization,
      run,
      reason,
    ])
  }

  async again(run: string, devices: readonly { device: number; entry: string }[]): Promise<number[]> {
    const [ids, entries] = [devices.map(({ device }) => device), devices.map(({ entry }) => entry)]
    const again = await this.#call<string[]>('again($1, $2, $3, $4)', [this.#organization, run, ids, entries])
    return again.map(Number)
  }

  async remove(run: string): Promise<void> {
    await this.#query('delete from cbc.run where organization = $1 and name = $2', [this.#organization, run])
  }

  async close(): Promise<void> {
    // A server that hangs would keep the connections for as long as it does.
    for (const { connection } of this.#connected) connection.stream.destroy()
    if (!this.#pool.ending) await this.#pool.end()
  }

  #of({ run, device, token }: StoredClaim): unknown[] {
    return [this.#organization, run, device, token]
  }

  /** Calls a function of the schema. */
  async #call<T>(call: string, values: readonly unknown[]): Promise<T> {
    const [row] = await this.#query<{ value: T }>(`select cbc.${call} as value`, values)
    if (row === undefined) throw serverError(this.#shown, 'io', 'no answer came')
    return row.value
  }

  async #query<T extends object>(text: string, values: readonly unknown[]): Promise<T[]> {
    try {
      await this.#ready()
      return (await this.#pool.query<T>(text, [...values])).rows
    } catch (error) {
      throw postgresFailure(this.#shown, error)
    }
  }

  /** Makes the tables, or those that an older version lacks. Workers that start at once wait for each other. */
  async #migrate(): Promise<void> {
    const client = await this.#pool.connect()
    let failure: Error | undefined
    try {
      if ((await versionOf(client)) < MIGRATIONS.length) await migrate(client)
    } catch (error) {
      failure = error as Error
      throw error
    } finally {
      client.release(failure)
    }
  }
}

/** What the classes of SQLSTATE mean here: no connection, or none any more; who may not; a database that isn't there; all else is refused. */
const CODES = [
  [/^(08|57|40|53300|55P03|25006)/, 'network'],
  [/^(28|42501)/, 'auth'],
  [/^3D000/, 'not_found'],
] as const

/** Returns an error of the client in words. @param shown the server */
export function postgresFailure(shown: string, error: unknown): unknown {
  if (error instanceof CbcError || !(error instanceof Error)) return error
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : undefined
  if (state === undefined) return connectionFailure(shown, error)
  return serverError(shown, CODES.find(([pattern]) => pattern.test(state))?.[1] ?? 'io', error.message)
}

async function versionOf(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ made: boolean; encoding: string }>(
    `select to_regclass('cbc.migration') is not null as made, current_setting('server_encoding') as encoding`,
  )
  const { made = false, encoding = '' } = rows[0] ?? {}
  if (!ENCODINGS.includes(encoding))
    throw new CbcError('refused', `the database of the queue server has the encoding ${encoding}`, { hint: 'make a database with UTF8' })
  if (!made) return 0
  const { rows: versions } = await client.query<{ version: number }>('select coalesce(max(version), 0) as version from cbc.migration')
  return versions[0]?.version ?? 0
}

async function migrate(client: pg.PoolClient): Promise<void> {
  await client.query('begin')
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
  await client.query('create schema if not exists cbc')
  await client.query('create table if not exists cbc.migration (version int primary key)')
  const version = await versionOf(client)
  for (const [index, text] of MIGRATIONS.entries()) {
    if (index < version) continue
    await client.query(text)
    await client.query('insert into cbc.migration (version) values ($1)', [index + 1])
  }
  await client.query('commit')
}
