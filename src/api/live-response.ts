import { CbcError } from '../core/errors.ts'
import type { Call, Http, Upload } from './http.ts'
import type { Command, CommandRequest, CommandStatus, Session, SessionStatus, StagedFile } from './live-response-types.ts'

export type * from './live-response-types.ts'

/** What a call may be given besides its subject. */
export interface CallOptions {
  signal?: AbortSignal
}

const SESSION = 'org.liveresponse.session'
const FILE = 'org.liveresponse.file'

/** Longest that a server may hold a `wait=true`, milliseconds. */
const LONG_POLL = 120_000

/** Which permission "Issue Command" needs, by the command's name: section "RBAC Permissions Required" of each command. */
const PERMISSION: Record<CommandRequest['name'], string> = {
  'directory list': `${FILE} READ`,
  'get file': `${FILE} READ`,
  'put file': `${FILE} CREATE`,
  'create directory': `${FILE} CREATE`,
  'delete file': `${FILE} DELETE`,
  'process list': 'org.liveresponse.process READ',
  'create process': 'org.liveresponse.process EXECUTE',
  kill: 'org.liveresponse.process DELETE',
  'reg enum key': 'org.liveresponse.registry READ',
  'reg query value': 'org.liveresponse.registry READ',
  'reg create key': 'org.liveresponse.registry CREATE',
  'reg set value': 'org.liveresponse.registry UPDATE',
  'reg delete key': 'org.liveresponse.registry DELETE',
  'reg delete value': 'org.liveresponse.registry DELETE',
  memdump: 'org.liveresponse.memdump READ',
}

/** Commands that leave the endpoint as it is: sending one twice does nothing twice. */
const READS: ReadonlySet<string> = new Set(['directory list', 'process list', 'reg enum key', 'reg query value'])

/** Every call of the Live Response document, typed. Each throws CbcError: auth (401, 403), not_found (404), remote (400), network. */
export class LiveResponse {
  readonly #http: Http
  readonly #base: string

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#base = `/appservices/v6/orgs/${encodeURIComponent(orgKey)}/liveresponse`
  }

  /** "Start Session": a new session for the device, or the one that it has already (one per device, shared by its callers). */
  async startSession(deviceId: number, options: CallOptions = {}): Promise<Session> {
    // Not a change in the sense of the retry rules: a second start answers with the same session.
    return session(await this.#json({ method: 'POST', path: '/sessions', body: { device_id: deviceId }, effect: 'read', what: 'start session', permission: `${SESSION} CREATE`, ...options }))
  }

  /** "Get Session by ID"; refreshes its idle timeout. */
  async getSession(id: string, options: CallOptions = {}): Promise<Session> {
    return session(await this.#json({ method: 'GET', path: `/sessions/${part(id)}`, effect: 'read', what: 'get session', permission: `${SESSION} READ`, ...options }))
  }

  /** "Get All Sessions" of the organization; 204 is none. */
  async listSessions(options: CallOptions = {}): Promise<Session[]> {
    const call: Request = { method: 'GET', path: '/sessions', effect: 'read', what: 'list sessions', permission: `${SESSION} READ`, ...options }
    return array(await this.#optional(call), call).map(session)
  }

  /** "Close Session". */
  async closeSession(id: string, options: CallOptions = {}): Promise<void> {
    await this.#optional({ method: 'DELETE', path: `/sessions/${part(id)}`, effect: 'change', what: 'close session', permission: `${SESSION} DELETE`, ...options })
  }

  /** "Disable Live Response" on devices, for good. */
  async disable(deviceIds: number[], options: CallOptions = {}): Promise<unknown> {
    return await this.#optional({ method: 'POST', path: '/kill', body: deviceIds, effect: 'change', what: 'disable Live Response', permission: 'org.liveresponse DELETE', ...options })
  }

  /** "Get All Files Metadata" of a session. */
  async listFiles(sessionId: string, options: CallOptions = {}): Promise<StagedFile[]> {
    const call: Request = { method: 'GET', path: `/sessions/${part(sessionId)}/files`, effect: 'read', what: 'list staged files', permission: `${FILE} READ`, ...options }
    return array(await this.#optional(call), call) as unknown as StagedFile[]
  }

  /** "Get File Metadata". */
  async getFile(sessionId: string, fileId: string, options: CallOptions = {}): Promise<StagedFile> {
    return await this.#json({ method: 'GET', path: `/sessions/${part(sessionId)}/files/${part(fileId)}`, effect: 'read', what: 'get staged file', permission: `${FILE} READ`, ...options }) as unknown as StagedFile
  }

  /** "Get File Content": the bytes as they come, directly or by a redirect to storage on another origin, which never sees the credentials. */
  async openFile(sessionId: string, fileId: string, options: CallOptions = {}): Promise<{ bytes: AsyncIterable<Uint8Array>, size?: number }> {
    return await this.#http.download({ method: 'GET', path: `${this.#base}/sessions/${part(sessionId)}/files/${part(fileId)}/content`, effect: 'read', what: 'download', permission: `${FILE} READ`, ...options })
  }

  /** "Upload File to Carbon Black Cloud", to be put on the session's endpoint. */
  async uploadFile(sessionId: string, file: Upload, options: CallOptions = {}): Promise<StagedFile> {
    const call: Call = { method: 'POST', path: `${this.#base}/sessions/${part(sessionId)}/files`, effect: 'change', what: 'upload', permission: `${FILE} CREATE`, ...options }
    return record(await this.#http.upload(call, file), call) as unknown as StagedFile
  }

  /** "Delete File" from the cloud. */
  async deleteFile(sessionId: string, fileId: string, options: CallOptions = {}): Promise<void> {
    await this.#optional({ method: 'DELETE', path: `/sessions/${part(sessionId)}/files/${part(fileId)}`, effect: 'change', what: 'delete staged file', permission: `${FILE} DELETE`, ...options })
  }

  /** "Get Commands List" of a session. */
  async listCommands(sessionId: string, options: CallOptions = {}): Promise<Command[]> {
    const call: Request = { method: 'GET', path: `/sessions/${part(sessionId)}/commands`, effect: 'read', what: 'list commands', permission: `${SESSION} READ`, ...options }
    return array(await this.#optional(call), call).map(command)
  }

  /** "Issue Command"; its answer is usually PENDING. */
  async issueCommand(sessionId: string, request: CommandRequest, options: CallOptions = {}): Promise<Command> {
    const effect = READS.has(request.name) ? 'read' : 'change'
    return command(await this.#json({ method: 'POST', path: `/sessions/${part(sessionId)}/commands`, body: request, effect, what: request.name, permission: PERMISSION[request.name], ...options }))
  }

  /** "Retrieve Command Status". With `wait` a server may hold the answer until the command ends or some seconds pass; some ignore it. */
  async getCommand(sessionId: string, id: number, options: CallOptions & { wait?: boolean } = {}): Promise<Command> {
    const { wait, ...rest } = options
    return command(await this.#json({
      method: 'GET', path: `/sessions/${part(sessionId)}/commands/${id}`, effect: 'read', what: 'get command', permission: `${SESSION} READ`,
      ...(wait ? { query: { wait: 'true' }, patience: LONG_POLL } : {}), ...rest,
    }))
  }

  /** "Cancel Command"; only one that is PENDING can be. */
  async cancelCommand(sessionId: string, id: number, options: CallOptions = {}): Promise<void> {
    await this.#optional({ method: 'DELETE', path: `/sessions/${part(sessionId)}/commands/${id}`, effect: 'change', what: 'cancel command', ...options })
  }

  async #json(call: Request): Promise<Record<string, unknown>> {
    return record(await this.#optional(call), call)
  }

  async #optional(call: Request): Promise<unknown> {
    return await this.#http.json({ ...call, path: this.#base + call.path })
  }
}

type Request = Call

function part(text: string): string {
  // ':' is allowed in a path and printed so in the document: `1234567:11412673`.
  return encodeURIComponent(text).replaceAll('%3A', ':')
}

function record(answer: unknown, { what }: Call): Record<string, unknown> {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Record<string, unknown>
  throw new CbcError('network', `${what}: the service's answer is not the documented object`)
}

function array(answer: unknown, { what }: Call): Record<string, unknown>[] {
  if (answer === undefined || answer === null) return []
  if (Array.isArray(answer)) return answer.filter((item): item is Record<string, unknown> => typeof item === 'object' && item !== null)
  throw new CbcError('network', `${what}: the service's answer is not the documented list`)
}

function session(answer: Record<string, unknown>): Session {
  if (typeof answer['id'] !== 'string') throw new CbcError('network', 'session: the service\'s answer has no id')
  return { ...answer, status: upper(answer['status']) as SessionStatus } as Session
}

function command(answer: Record<string, unknown>): Command {
  const id = Number(answer['id'])
  if (!Number.isSafeInteger(id)) throw new CbcError('network', 'command: the service\'s answer has no id')
  return { ...answer, id, status: upper(answer['status']) as CommandStatus } as Command
}

function upper(status: unknown): string {
  const text = String(status ?? '').toUpperCase().replaceAll(' ', '_')
  return text === 'COMPLETED' ? 'COMPLETE' : text === 'CANCELED' ? 'CANCELLED' : text
}
