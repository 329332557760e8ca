import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterEachFile } from './after-file.ts'
import { testFolder } from './folder.ts'
import { freePort } from './free-port.ts'
import { PATIENCE_MS } from './patience.ts'

/** A real queue server on a loopback port, with a folder of its own. It ends with the test file. */
export interface QueueServer {
  /** With the password: `postgres://…` or `redis://…`. */
  url: string
  port: number
  /** The password as it is, and as it stands in the URL. */
  passwords: readonly string[]
  /** Ends it with SIGKILL. @returns when it no longer runs */
  kill(): Promise<void>
  /** Stops it and its connections where they are (SIGSTOP), so that nothing is answered; or lets them go on. */
  hang(hangs: boolean): void
  /** Starts it again: the same port, the same data. @returns when it answers */
  start(): Promise<void>
}

/** Key and certificate, PEM. */
type Tls = Readonly<Record<'key' | 'cert', string>>

/** A kind of server, so that a test file can loop over both. Where it isn't installed, `missing` says so, for the title of what is skipped. */
export interface QueueServerKind {
  name: 'PostgreSQL' | 'Redis'
  missing: string | undefined
  /** @param tls with which it serves TLS; the URL then asks for a certificate that can be verified */
  serve(tls?: Tls): Promise<QueueServer>
}

/** Has characters that are written otherwise in a URL. */
const PASSWORD = 'p@ss/w:rd%1'
const ENCODED = encodeURIComponent(PASSWORD)

const started: { process: ChildProcess }[] = []

afterEachFile(async () => {
  // PostgreSQL's own processes end with it on SIGQUIT; Redis has none.
  await Promise.all(started.splice(0).map(({ process }) => ended(process, 'SIGQUIT')))
})

const POSTGRES = program('postgres', postgresFolders())
const REDIS = program('redis-server', [])

export const postgres: QueueServerKind = {
  name: 'PostgreSQL',
  missing: POSTGRES === undefined ? 'PostgreSQL is not installed' : undefined,
  async serve(tls) {
    const folder = testFolder()
    const user = ordinaryUser()
    if (user !== undefined) chownSync(folder, user.uid, user.gid)
    const [file, data, secret] = [POSTGRES ?? '', join(folder, 'data'), join(folder, 'password')]
    writeFileSync(secret, PASSWORD, { mode: 0o644 })
    // A process that is killed loses nothing that the system has; only a power cut would, and that is not tried.
    const words = [
      '--pgdata',
      data,
      '--username=cbc',
      '--pwfile',
      secret,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--no-sync',
    ]
    const made = spawnSync(join(file, '..', 'initdb'), words, { ...user, cwd: folder, encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`)
    const settings = ['fsync=off', 'autovacuum=off', 'shared_buffers=16MB', 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
    if (tls !== undefined)
      settings.push('ssl=on', ...tlsFiles(folder, tls, user).map((path, index) => `ssl_${TLS_FILES[index]}_file=${path}`))
    const all = settings.flatMap(setting => ['-c', setting])
    return await serve(
      port => ({
        command: [file, '-D', data, '-p', String(port), ...all],
        url: `postgres://cbc:${ENCODED}@127.0.0.1:${port}/postgres${tls === undefined ? '' : '?sslmode=verify-full'}`,
      }),
      { ...user, cwd: folder },
      answersPostgres,
    )
  },
}

export const redis: QueueServerKind = {
  name: 'Redis',
  missing: REDIS === undefined ? 'Redis is not installed' : undefined,
  async serve(tls) {
    const folder = testFolder()
    const words = [
      '--bind',
      '127.0.0.1 127.0.0.2',
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--requirepass',
      PASSWORD,
    ]
    const ports =
      tls === undefined
        ? ['--port']
        : [
            '--port',
            '0',
            '--tls-auth-clients',
            'no',
            ...tlsFiles(folder, tls).flatMap((path, index) => [`--tls-${TLS_FILES[index]}-file`, path]),
            '--tls-port',
          ]
    return await serve(
      port => ({
        command: [REDIS ?? '', ...words, ...ports, String(port)],
        url: `redis${tls === undefined ? '' : 's'}://:${ENCODED}@127.0.0.1:${port}`,
      }),
      { cwd: folder },
      answersRedis,
    )
  },
}

export const QUEUE_SERVERS: readonly QueueServerKind[] = [postgres, redis]

const TLS_FILES = ['key', 'cert'] as const

function tlsFiles(folder: string, tls: Tls, user?: { uid: number; gid: number }): string[] {
  return TLS_FILES.map(name => {
    const path = join(folder, `${name}.pem`)
    writeFileSync(path, tls[name], { mode: 0o600 })
    if (user !== undefined) chownSync(path, user.uid, user.gid)
    return path
  })
}

interface Options {
  cwd: string
  uid?: number
  gid?: number
}

async function serve(
  at: (port: number) => { command: string[]; url: string },
  options: Options,
  answers: (url: string) => Promise<boolean>,
): Promise<QueueServer> {
  const port = await freePort()
  const { command, url } = at(port)
  const running = { process: launch(command, options) }
  started.push(running)
  const answer = async () => {
    const end = performance.now() + PATIENCE_MS
    while (!(await answers(url))) {
      if (performance.now() > end) throw new Error(`${command[0]} does not answer`)
      // Processes of a PostgreSQL that was killed may hold its folder for a moment; it then ends at once.
      if (running.process.exitCode !== null) running.process = launch(command, options)
      await rest(20)
    }
  }
  await answer()
  return {
    url,
    port,
    passwords: [PASSWORD, ENCODED],
    kill: () => ended(running.process, 'SIGKILL'),
    hang(hangs) {
      const pid = String(running.process.pid)
      const children = spawnSync('pgrep', ['-P', pid], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)
      for (const one of [pid, ...children]) process.kill(Number(one), hangs ? 'SIGSTOP' : 'SIGCONT')
    },
    async start() {
      running.process = launch(command, options)
      await answer()
    },
  }
}

function launch([file = '', ...words]: readonly string[], options: Options): ChildProcess {
  return spawn(file, words, { ...options, stdio: 'ignore' })
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = new Promise(resolve => child.once('exit', resolve))
  child.kill(signal)
  child.kill('SIGCONT')
  await end
}

async function answersPostgres(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url.replace(/\?.*/, '') })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function answersRedis(url: string): Promise<boolean> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    ...(url.startsWith('rediss') && { tls: { rejectUnauthorized: false } }),
  })
  client.on('error', () => {})
  try {
    return (await client.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

/** Finds a program in folders, or else in those of PATH. */
function program(name: string, folders: readonly string[]): string | undefined {
  const all = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)]
  return all.map(folder => join(folder, name)).find(file => existsSync(file))
}

/** Where Debian puts PostgreSQL's programs, the newest first. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return []
  const versions = readdirSync(root).toSorted((a, b) => Number(b) - Number(a))
  return versions.map(version => join(root, version, 'bin'))
}

/** The user and group that PostgreSQL runs as: it refuses to run as root. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid = NaN, gid = NaN] = ['-u', '-g'].map(kind => Number(spawnSync('id', [kind, 'nobody'], { encoding: 'utf8' }).stdout))
  return { uid, gid }
}
