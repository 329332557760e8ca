import type { Command, CommandRequest, Session } from '../../src/api/live-response.ts'
import type { Clock, Transport, WireRequest, WireResponse } from '../../src/core/ports.ts'
import { multipart } from './multipart.ts'

/** What an endpoint does with a command. */
export interface Effect {
  /** Milliseconds that it takes; default 0. */
  takes?: number
  /** Fields of its last state: `files`, `result_code` … */
  result?: Partial<Command>
  /** Fields of its states before the last. */
  meanwhile?: Partial<Command>
}

export interface ServiceOptions {
  /** Milliseconds until the endpoint picks up a session. */
  establishes?: number
  /** Milliseconds for which a request with wait=true is held; 0: the server ignores it. */
  holds?: number
  session?: Partial<Session>
  /** Commands of a session run strictly in order: a kill waits behind the program that it is to end. */
  strict?: boolean
  /** The next command runs beside a program. */
  beside?: boolean
  run?: (request: CommandRequest, service: FakeService) => Effect
}

export interface Seen {
  method: string
  /** Below the organization's liveresponse, including the query. */
  path: string
  body: unknown
  headers: Record<string, string>
  at: number
}

interface LiveCommand {
  request: CommandRequest
  command: Command
  effect: Effect
  starts: number
  ends: number
}

interface LiveSession {
  session: Session
  started: number
  touched: number
  issued: number
  commands: LiveCommand[]
  files: Map<string, { id: string; file_name: string; bytes: Buffer }>
}

/** A body is bytes, an iterable of pieces, a string, or anything else as JSON. */
type Answer = { status: number; body?: unknown; headers?: Record<string, string> }

export const BASE = '/appservices/v6/orgs/ABCD1234/liveresponse'
export const DEVICE = 11412673
const IDLE = 900_000
/** A session without a command ends after this time (milliseconds), even if it is kept alive. */
const COMMANDLESS_LIMIT_MS = 1_800_000
const BUDGET = 250

export const WINDOWS: Partial<Session> = {
  current_working_directory: 'C:\\Windows\\system32',
  drives: ['C:\\', 'D:\\'],
  supported_commands: [
    'put file',
    'get file',
    'memdump',
    'create directory',
    'delete file',
    'directory list',
    'reg enum key',
    'reg query value',
    'reg create key',
    'reg delete key',
    'reg delete value',
    'reg set value',
    'process list',
    'kill',
    'create process',
  ],
}
export const LINUX: Partial<Session> = {
  current_working_directory: '/',
  drives: ['/'],
  supported_commands: [
    'put file',
    'get file',
    'create directory',
    'delete file',
    'directory list',
    'process list',
    'kill',
    'create process',
  ],
}

/**
 * A Live Response service in memory that behaves like its document, as a transport with its own clock. The test defines what the endpoint
 * does.
 */
export class FakeService {
  readonly clock: Clock
  readonly options: ServiceOptions
  readonly seen: Seen[] = []
  readonly sessions = new Map<string, LiveSession>()
  /** Called before the service handles a request: returns another answer, or an error to break the connection. */
  before: ((request: Seen) => Answer | Error | undefined | Promise<Answer | Error | undefined>) | undefined
  #ids = 0

  constructor(clock: Clock, options: ServiceOptions = {}) {
    this.clock = clock
    this.options = options
  }

  readonly transport: Transport = async request => {
    request.signal?.throwIfAborted()
    return await orAborted(this.#exchange(request), request.signal)
  }

  async #exchange(request: WireRequest): Promise<WireResponse> {
    const seen = await this.#record(request)
    const own = await this.before?.(seen)
    if (own instanceof Error) throw own
    return wire(own ?? (await this.#answer(seen, request)))
  }

  /** `METHOD path` of all requests, without the query. */
  get calls(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)
  }

  /** Names of all commands issued, in order. */
  get issued(): string[] {
    return this.seen
      .filter(({ method, path }) => method === 'POST' && /\/commands$/.test(path))
      .map(({ body }) => (body as CommandRequest).name)
  }

  /** Creates a session of another caller that has had `index` commands. @returns its id */
  occupy(index = 0, status: Session['status'] = 'ACTIVE'): string {
    const live = this.#start(DEVICE)
    live.session.current_command_index = index
    if (status === 'ACTIVE') live.started = -Infinity
    return live.session.id
  }

  /** Removes a session, as after its idle time. */
  lose(id: string): void {
    this.sessions.delete(id)
  }

  /** The latest session. */
  get last(): LiveSession {
    const last = [...this.sessions.values()].at(-1)
    if (last === undefined) throw new Error('there is no session')
    return last
  }

  /** The ids of all staged files, of all sessions. */
  get staged(): string[] {
    return [...this.sessions.values()].flatMap(({ files }) => [...files.keys()])
  }

  /** Stages a file as the endpoint would. @returns its id */
  stage(bytes: Buffer | string, session = this.last, file_name = 'staged'): string {
    const id = `file-${++this.#ids}`
    session.files.set(id, { id, file_name, bytes: Buffer.from(bytes) })
    return id
  }

  /** Ends a running command now. */
  end(match: (request: CommandRequest) => boolean): void {
    for (const live of this.last.commands) if (match(live.request)) live.ends = Math.min(live.ends, this.clock.monotonic())
  }

  async #record({ method, url, headers, body }: WireRequest): Promise<Seen> {
    const chunks: Uint8Array[] = []
    if (body instanceof Uint8Array) chunks.push(body)
    else if (body !== undefined) for await (const chunk of body) chunks.push(Buffer.from(chunk))
    const whole = Buffer.concat(chunks)
    const parts = multipart(headers['content-type'], whole)
    const seen = {
      method,
      path: url.pathname.replace(BASE, '') + url.search,
      headers,
      at: this.clock.now(),
      body: parts ?? (whole.length === 0 ? undefined : (JSON.parse(whole.toString()) as unknown)),
    }
    this.seen.push(seen)
    return seen
  }

  async #answer({ method, path, body }: Seen, { signal }: WireRequest): Promise<Answer> {
    const [, top, id, kind, item, content] = path.replace(/\?.*/, '').split('/')
    if (top !== 'sessions') return error(404, 'Org Not Found')
    if (id === undefined)
      return method === 'POST' ? { status: 201, body: this.#view(this.#start((body as { device_id: number }).device_id)) } : this.#list()
    const session = this.sessions.get(decodeURIComponent(id))
    if (session === undefined || !this.#lives(session)) return error(404, 'Sensor Not Found')
    if (kind === undefined) return this.#one(method, session)
    if (kind === 'files') return this.#file(method, session, item, content, body)
    if (item === undefined && method === 'GET')
      return { status: 200, body: session.commands.map(live => ({ ...this.#state(live), input: inputOf(live.request) })) }
    if (item === undefined) return this.#issue(session, body as CommandRequest)
    const command = session.commands.find(live => live.command.id === Number(item))
    if (command === undefined) return error(404, 'Command Not Found')
    if (method === 'DELETE') return this.#cancel(command)
    if (path.endsWith('wait=true')) await this.#hold(command, signal)
    return { status: 200, body: this.#state(command) }
  }

  #start(deviceId: number): LiveSession {
    const now = this.clock.monotonic()
    for (const live of this.sessions.values()) if (live.session.device_id === deviceId && this.#lives(live)) return live
    const id = `${++this.#ids}:${deviceId}`
    const session = { id, device_id: deviceId, status: 'PENDING', current_command_index: 0, ...WINDOWS, ...this.options.session } as Session
    const live = { session, started: now, touched: now, issued: now, commands: [], files: new Map() }
    this.sessions.set(id, live)
    return live
  }

  #lives({ session, touched, issued }: LiveSession): boolean {
    const now = this.clock.monotonic()
    return now - touched <= Number(session.session_timeout ?? IDLE / 1000) * 1000 && now - issued <= COMMANDLESS_LIMIT_MS
  }

  #list(): Answer {
    const all = [...this.sessions.values()].map(live => this.#view(live))
    return all.length === 0 ? { status: 204 } : { status: 200, body: all }
  }

  #one(method: string, live: LiveSession): Answer {
    if (method === 'DELETE') {
      this.sessions.delete(live.session.id)
      return { status: 204 }
    }
    live.touched = this.clock.monotonic()
    return { status: 200, body: this.#view(live) }
  }

  #view({ session, started }: LiveSession): Session {
    const pending = this.clock.monotonic() - started < (this.options.establishes ?? 0)
    if (!pending) return { ...session, status: this.options.session?.status ?? 'ACTIVE' }
    return { ...session, status: 'PENDING', supported_commands: null, drives: null, current_working_directory: null }
  }

  #issue(live: LiveSession, request: CommandRequest): Answer {
    const { session, commands } = live
    if (Number(session.current_command_index) >= BUDGET) return error(403, 'Too Many Commands')
    live.touched = live.issued = this.clock.monotonic()
    const effect = this.options.run?.(request, this) ?? {}
    const before = commands
      .filter(
        other =>
          this.options.strict === true ||
          other.request.name !== 'create process' ||
          (request.name !== 'kill' && this.options.beside !== true),
      )
      .at(-1)
    const starts = Math.max(this.clock.monotonic(), before?.ends ?? 0)
    const id = Number(session.current_command_index)
    session.current_command_index = id + 1
    const command: Command = { id, name: request.name, status: 'PENDING', result_code: 0, values: [], files: [], sub_keys: [] }
    const made = { request, command, effect, starts, ends: starts + (effect.takes ?? 0) }
    commands.push(made)
    // As in the document, the answer to the issue itself is PENDING.
    return { status: 201, body: { ...command, ...effect.meanwhile } }
  }

  #state({ command, effect, starts, ends }: LiveCommand): Command {
    if (command.status === 'CANCELLED') return command
    const now = this.clock.monotonic()
    if (now < starts) return command
    if (now < ends) return { ...command, ...effect.meanwhile, status: 'IN_PROGRESS' }
    return { ...command, status: (effect.result?.result_code ?? 0) === 0 ? 'COMPLETE' : 'ERROR', ...effect.result }
  }

  #cancel(live: LiveCommand): Answer {
    if (this.#state(live).status !== 'PENDING') return error(400, 'Invalid Command')
    live.command.status = 'CANCELLED'
    live.ends = live.starts
    return { status: 200, body: live.command }
  }

  async #hold(command: LiveCommand, signal?: AbortSignal): Promise<void> {
    const left = Math.min(command.ends - this.clock.monotonic(), this.options.holds ?? 0)
    if (left > 0 && command.command.status !== 'CANCELLED') await this.clock.sleep(left, signal)
  }

  #file(method: string, { session, files }: LiveSession, id: string | undefined, content: string | undefined, body: unknown): Answer {
    if (id === undefined && method === 'POST') {
      const part = (body as { filename?: string; bytes: Buffer }[])[0]
      const made = { id: `file-${++this.#ids}`, file_name: part?.filename ?? '', bytes: part?.bytes ?? Buffer.alloc(0) }
      files.set(made.id, made)
      return {
        status: 201,
        body: { id: made.id, size: made.bytes.length, file_name: made.file_name, size_fileed: made.bytes.length, upload_url: null },
      }
    }
    const view = (staged: { id: string; file_name: string; bytes: Buffer }) => ({
      id: staged.id,
      size: staged.bytes.length,
      file_name: staged.file_name,
    })
    if (id === undefined) return { status: 200, body: [...files.values()].map(view) }
    const file = files.get(id)
    if (file === undefined) return error(404, `File Not Found in ${session.id}`)
    if (method === 'DELETE') {
      files.delete(file.id)
      return { status: 204 }
    }
    return content === 'content' ? { status: 200, body: file.bytes } : { status: 200, body: view(file) }
  }
}

/** Returns a request in the form of "Get Commands List". */
function inputOf(request: CommandRequest): Record<string, unknown> {
  const { path, pid, ...rest } = { path: undefined, pid: undefined, ...request }
  return { ...rest, object: path ?? pid }
}

export function error(status: number, message: string): Answer {
  return { status, body: { success: false, message, error_code: 'Error' } }
}

/** Returns the answer unless the client aborts, in which case the request is still carried out. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
  return await Promise.race([work, aborted])
}

function wire({ status, body, headers = {} }: Answer): WireResponse {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
    return { status, headers, body: body as AsyncIterable<Uint8Array> }
  const bytes =
    body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return {
    status,
    headers: { ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }), ...headers },
    body: (async function* () {
      if (bytes !== undefined && bytes.length > 0) yield bytes
    })(),
  }
}
