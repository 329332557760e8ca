import { PassThrough } from 'node:stream'
import { NO_LEDGER } from '../../src/core/ledger.ts'
import type { Cache, Clock, Output, Random } from '../../src/core/ports.ts'
import type { Host } from '../../src/core/host.ts'
import { openLab, type Lab } from '../../src/lab/lab.ts'
import { openCaseFolder } from '../../src/host/case-folder.ts'
import { clock, random } from '../../src/host/clock.ts'
import { labTransport } from '../../src/host/lab.ts'
import { localFiles } from '../../src/host/local-files.ts'
import { openNewFolder } from '../../src/host/new-folder.ts'
import { openObjectFolder } from '../../src/host/object-folder.ts'
import { PATIENCE_MS } from './patience.ts'

/** A clock that advances only when told to. */
export class ManualClock implements Clock {
  #now = Date.UTC(2024, 0, 1)
  readonly #sleepers = new Set<{ at: number; wake: () => void }>()

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const sleeper = { at: this.#now + ms, wake: resolve }
      this.#sleepers.add(sleeper)
      signal?.addEventListener(
        'abort',
        () => {
          this.#sleepers.delete(sleeper)
          reject(signal.reason)
        },
        { once: true },
      )
    })
  }

  /** The number of sleepers. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  advance(ms: number): void {
    this.#now += ms
    for (const sleeper of this.#sleepers) {
      if (sleeper.at > this.#now) continue
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }
}

/** A source of random values that are always the same. */
export const sameRandom: Random = { uuid: () => '00000000-0000-4000-8000-000000000000', below: () => 0 }

/** An output that records what is written. */
export interface MemoryOutput extends Output {
  bytes(): Buffer
  text(): string
  /** The data of each write. */
  writes: readonly Buffer[]
}

export function memoryOutput({ isTerminal = false, color = false, columns = 80 } = {}): MemoryOutput {
  const writes: Buffer[] = []
  const bytes = () => Buffer.concat(writes)
  return {
    isTerminal,
    color,
    writes,
    bytes,
    columns: () => columns,
    async write(data) {
      writes.push(Buffer.from(data as string))
    },
    text: () => bytes().toString(),
  }
}

/** Resolves as soon as `holds` returns true. @throws Error when that takes too long (patience.ts) */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`it never came: ${holds.toString()}`)
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

/** A cache in memory. */
export function memoryCache(text?: string): Cache {
  return {
    read: async () => text,
    write: async written => {
      text = written
    },
  }
}

/** A host in memory, with the real lab, real time and real local files; `overrides` take precedence. */
export interface TestWorld extends Host {
  stdout: MemoryOutput
  stderr: MemoryOutput
  stdin: { isTerminal: boolean; stream: PassThrough }
  interruption: AbortController
}

export function testHost(overrides: Partial<TestWorld> = {}): TestWorld {
  const interruption = new AbortController()
  const missing = (what: string) => (): never => {
    throw new Error(`this host has no ${what}`)
  }
  return {
    env: { CBC_PROFILE: 'lab' },
    clock,
    random,
    interruption,
    interrupt: interruption.signal,
    stdin: { isTerminal: false, stream: new PassThrough() },
    stdout: memoryOutput(),
    stderr: memoryOutput(),
    terminal: { output: new PassThrough(), raw() {}, columns: () => 80, rows: () => 24, onResize: () => () => {}, tap: () => () => {} },
    local: localFiles,
    suspend: async () => {},
    onContinue: () => () => {},
    onInterrupt: () => () => {},
    credentialsFiles: () => [],
    credentialsHere: () => [],
    configDirectory: () => '/nowhere',
    keychain: async () => undefined,
    exclusively: async (_file, work) => work(),
    cache: () => memoryCache(),
    historyFile: missing('history'),
    ledger: async () => NO_LEDGER,
    who: () => ({ user: 'analyst', host: 'ws-12' }),
    runFolders: missing('folders of runs'),
    caseFolder: (path, { create } = {}) => openCaseFolder(path, clock, random, create),
    newFolder: path => openNewFolder(path, random),
    objectFolder: path => openObjectFolder(path, random),
    serveHealth: missing('health'),
    serveSftp: missing('SFTP server'),
    network: missing('network'),
    route: missing('route'),
    lab: async () => labService(openLab({ clock, random, checkIn: 0 })),
    shellLanguage: 'posix',
    localShell: missing('local shell'),
    about: { version: '1.2.3', commit: 'abc1234', node: '24.0.0', platform: 'linux', arch: 'x64' },
    ...overrides,
  }
}

/** Wraps a lab as the service that the program expects. */
export function labService(lab: Lab): Awaited<ReturnType<Host['lab']>> {
  return {
    org: lab.org,
    token: lab.token,
    directory: 'in memory',
    send: labTransport(lab),
    serve: async () => {
      throw new Error('this lab is not served')
    },
    reset: () => lab.reset(),
    close: () => lab.close(),
  }
}
