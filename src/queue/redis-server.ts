import { Redis, type RedisOptions } from 'ioredis'
import { CbcError, usage, type ErrorCode } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import type { DeviceState } from '../runs/journal.ts'
import { once } from './once.ts'
import { SCRIPTS } from './redis-scripts.ts'
import { connectionFailure, OPERATION_TIMEOUT_MS, serverError } from './server-error.ts'
import { decoded, onlyParameters, serverUrl } from './server-url.ts'
import { PAGE_SIZE, parsed, type NewRun, type StoredEvent } from './stored.ts'
import type { StoreServer, StoredClaim, StoredTaking } from './stored-run-store.ts'

/** The longest wait before it is tried to connect again, milliseconds. */
const RECONNECT_MS = 2000

/** How long a client waits until it tries to connect again, milliseconds. */
export const retryStrategy = (times: number): number => Math.min(times * 100, RECONNECT_MS)

/** Reads the URL of a Redis, for its client. @throws CbcError usage */
export function redisOptions(secret: Secret): Omit<RedisOptions, 'replyMapping'> {
  const { url } = serverUrl(secret)
  onlyParameters(url, [])
  const database = Number(url.pathname.slice(1))
  if (!Number.isInteger(database)) throw usage('the path in the URL of a Redis is the number of a database', 'redis://host:6379/0, or none')
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decoded(url.username, 'user') }),
    ...(url.password === '' ? {} : { password: decoded(url.password, 'password') }),
    ...(database > 0 ? { db: database } : {}),
    // Always said, because otherwise NODE_TLS_REJECT_UNAUTHORIZED=0 would apply.
    ...(url.protocol === 'rediss:' ? { tls: { rejectUnauthorized: true } } : {}),
  }
}

type Scripts = Record<keyof typeof SCRIPTS, (...args: (string | number)[]) => Promise<unknown>>

/** What the first words of Redis's errors mean here; all else is refused. */
const CODES: Record<string, ErrorCode> = {
  LOADING: 'network',
  READONLY: 'network',
  MASTERDOWN: 'network',
  CLUSTERDOWN: 'network',
  BUSY: 'network',
  WRONGPASS: 'auth',
  NOAUTH: 'auth',
  NOPERM: 'auth',
}

/** Runs of an organization in a Redis: four keys a run, which lie together in a cluster. */
export class RedisServer implements StoreServer {
  readonly #client: Redis & Scripts
  readonly #shown: string
  readonly #organization: string
  /** Why the connection broke, or could not be made, last. */
  #broken: Error | undefined
  readonly #checked = once(() => this.#check())

  /** @param organization its key @throws CbcError usage */
  constructor(url: Secret, organization: string, timeoutMs = OPERATION_TIMEOUT_MS) {
    this.#shown = serverUrl(url).shown
    this.#organization = organization
    const client = new Redis({
      ...redisOptions(url),
      scripts: SCRIPTS,
      lazyConnect: true,
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      // A server that hangs is left, and looked for again.
      socketTimeout: timeoutMs,
      retryStrategy,
      // What was sent over a connection that broke fails, and is not sent again.
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      // The address leads to another server now, which may be written to.
      reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    })
    client.on('error', (error: Error) => {
      this.#broken = error
    })
    client.on('ready', () => {
      this.#broken = undefined
    })
    this.#client = client as Redis & Scripts
  }

  async create(run: string, { shared, devices, canary, canaryReason, maxFailures, failuresReason }: NewRun): Promise<void> {
    const ids = JSON.stringify(devices.map(String))
    await this.#run('cbcCreate', run, shared, ids, canary, maxFailures ?? '', canaryReason, failuresReason)
  }

  async read(run: string): ReturnType<StoreServer['read']> {
    const found = await this.#run<[string, string | null, number] | null>('cbcRead', run)
    return found === null ? undefined : { shared: found[0], stopped: found[1], isOver: found[2] === 1 }
  }

  async claim({ run, device, token }: StoredClaim, entry: string, unbegun: string): Promise<StoredTaking> {
    const taking = parsed(await this.#run<string>('cbcClaim', run, device, token, entry, unbegun), run) as StoredTaking
    // What isn't there is left out.
    return taking.kind === 'claimed' ? { ...NOTHING, ...taking } : taking
  }

  async intent({ run, device, token }: StoredClaim, entry: string, change: string): Promise<boolean> {
    return (await this.#run('cbcIntent', run, device, token, entry, change)) === 1
  }

  async settle({ run, device, token }: StoredClaim, state: DeviceState, entry: string, line: string): Promise<boolean> {
    return (await this.#run('cbcSettle', run, device, token, state, entry, line)) === 1
  }

  async release({ run, device, token }: StoredClaim, state: DeviceState, entry: string): Promise<boolean> {
    return (await this.#run('cbcRelease', run, device, token, state, entry)) === 1
  }

  async events(run: string, after: number, most: number): Promise<StoredEvent[]> {
    const page = await this.#run<[number, string, string | null][]>('cbcEvents', run, after, most, PAGE_SIZE)
    return page.map(([sequence, event, line]) => ({
      change: null,
      ...(parsed(event, run) as Pick<StoredEvent, 'at' | 'entry'>),
      sequence,
      line,
    }))
  }

  async stop(run: string, reason: string): Promise<void> {
    await this.#run('cbcStop', run, reason)
  }

  async again(run: string, devices: readonly { device: number; entry: string }[]): Promise<number[]> {
    const ids = JSON.stringify(devices.map(({ device }) => String(device)))
    const entries = JSON.stringify(devices.map(({ entry }) => entry))
    return (await this.#run<string[]>('cbcAgain', run, ids, entries)).map(Number)
  }

  async remove(run: string): Promise<void> {
    await this.#run('cbcRemove', run)
  }

  async close(): Promise<void> {
    this.#client.disconnect()
  }

  async #run<T>(name: keyof typeof SCRIPTS, run: string, ...args: (string | number)[]): Promise<T> {
    // What is in braces decides where in a cluster a key lies.
    const key = `cbc:{${this.#organization}:${run}}`
    try {
      await this.#checked()
      return (await this.#client[name](`${key}:run`, `${key}:devices`, `${key}:events`, `${key}:lines`, ...args)) as T
    } catch (error) {
      throw redisFailure(this.#shown, error as Error, this.#broken)
    }
  }

  /** A server that removes what it holds when its memory is full would lose runs, and parts of them. */
  async #check(): Promise<void> {
    const policy = /^maxmemory_policy:(allkeys.*?)\r?$/m.exec(await this.#client.info('memory'))?.[1]
    if (policy !== undefined)
      throw new CbcError('refused', `${this.#shown}: it removes what it holds when its memory is full (maxmemory-policy ${policy})`, {
        hint: 'set its maxmemory-policy to noeviction',
      })
  }
}

/**
 * Returns an error of the client in words.
 * @param shown the server
 * @param broken why the connection broke, or could not be made, last
 */
export function redisFailure(shown: string, error: Error, broken: Error | undefined): CbcError {
  if (error instanceof CbcError) return error
  const why = error.name === 'ReplyError' ? error : (broken ?? error)
  if (why.name === 'ReplyError') return serverError(shown, CODES[why.message.split(' ', 1)[0] ?? ''] ?? 'io', why.message)
  return why.name === 'MaxRetriesPerRequestError'
    ? serverError(shown, 'network', 'the connection was dropped')
    : connectionFailure(shown, why)
}

const NOTHING = { begun: null, change: null, last: null, at: null }
