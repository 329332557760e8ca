import type { Attempts } from '../core/attempts.ts'
import { COMMANDS, isIssuedOnce, readPermissionOf } from './commands.ts'
import { SentRequests } from './sent-requests.ts'
import { isRecord } from '../core/is-record.ts'
import { checkSubject, malformedAnswer, deletionAnswer, pathSegment, records, numberSegment } from './wire-checks.ts'
import type { Call } from './call.ts'
import type { Content, Http } from './http.ts'
import type { Upload } from './multipart.ts'
import { command, session, staged } from './live-response-shapes.ts'
import type { Command, CommandRequest, Session, StagedFile } from './live-response-types.ts'

export type * from './live-response-types.ts'

/** Options that every call takes. */
export interface CallOptions {
  signal?: AbortSignal
  /** The retry budget of a caller that repeats the call itself. */
  attempts?: Attempts
  /** Its name in messages, where the call's own name says too little: `ls C:\\x`. */
  what?: string
  /** Called with each item of a list in the answer: see `Call`. */
  item?: (value: unknown) => unknown
}

export { changesEndpoint, isIssuedOnce, mayChangeEndpoint } from './commands.ts'
export { isAnswerTo, nameOf } from './answer-subject.ts'

const SESSION = 'org.liveresponse.session'
const FILE = 'org.liveresponse.file'

/** "Get Commands List" needs all of these. "Retrieve Command Status" is documented to, but needs only that of the command's own kind. */
const READ_COMMANDS = [
  `${SESSION} READ`,
  'org.liveresponse.process READ',
  'org.liveresponse.registry READ',
  `${FILE} READ`,
  'org.liveresponse.memdump READ',
]

/** The same holds for "Cancel Command". */
const CANCEL = ['org.liveresponse.process DELETE', 'org.liveresponse.registry DELETE', `${FILE} DELETE`, 'org.liveresponse.memdump READ']

/** The longest time that a server may hold a `wait=true`, milliseconds. */
const LONG_POLL_TIMEOUT_MS = 120_000

/** All calls of the Live Response document, typed. Each throws CbcError: auth (401, 403), not_found (404), remote (400), network. */
export class LiveResponse {
  readonly #http: Http
  readonly #base: string
  readonly #sentRequests = new SentRequests()

  constructor(http: Http, orgKey: string) {
    this.#http = http
    this.#base = `/appservices/v6/orgs/${pathSegment(orgKey, 'org_key')}/liveresponse`
  }

  /** "Start Session": a new session for the device, or its existing one (there is one per device, shared by its callers). */
  async startSession(deviceId: number, options: CallOptions = {}): Promise<Session> {
    // Not a change as far as retries are concerned: a second start returns the same session.
    const call: Call = {
      method: 'POST',
      path: '/sessions',
      body: { device_id: deviceId },
      effect: 'read',
      what: 'start session',
      waitIsShown: true,
      permission: `${SESSION} CREATE`,
      ...options,
    }
    return await this.#call(call, answer => this.#session(answer, { device_id: deviceId }))
  }

  /** "Get Session by ID"; refreshes its idle timeout. */
  async getSession(id: string, options: CallOptions = {}): Promise<Session> {
    const call: Call = {
      method: 'GET',
      path: `/sessions/${pathSegment(id)}`,
      effect: 'read',
      what: 'get session',
      waitIsShown: true,
      permission: `${SESSION} READ`,
      ...options,
    }
    return await this.#call(call, answer => this.#session(answer, { id }))
  }

  /** "Get All Sessions" of the organization; 204 means none. */
  async listSessions(options: CallOptions = {}): Promise<Session[]> {
    const call: Call = {
      method: 'GET',
      path: '/sessions',
      effect: 'read',
      what: 'list sessions',
      permission: `${SESSION} READ`,
      ...options,
    }
    return await this.#call(call, answer => records(answer).map(item => this.#session(item)))
  }

  /** "Close Session". */
  async closeSession(id: string, options: CallOptions = {}): Promise<void> {
    await this.#call(
      {
        method: 'DELETE',
        path: `/sessions/${pathSegment(id)}`,
        effect: 'removal',
        what: 'close session',
        look: 'cbc lr session list',
        permission: `${SESSION} DELETE`,
        ...options,
      },
      deletionAnswer({ id }),
    )
    this.#sentRequests.forget(id)
  }

  /** "Disable Live Response" on devices, permanently. @returns the sessions in the answer */
  async disable(deviceIds: readonly number[], options: CallOptions = {}): Promise<Record<string, unknown>[]> {
    const call: Call = {
      method: 'POST',
      path: '/kill',
      body: deviceIds,
      effect: 'change',
      what: 'disable Live Response',
      look: `cbc device get ${deviceIds[0]}`,
      permission: 'org.liveresponse DELETE',
      ...options,
    }
    return await this.#call(call, answer => {
      const sessions = (Array.isArray(answer) ? answer : [answer]).filter(isRecord)
      for (const { device_id: id } of sessions)
        if (id != null && !deviceIds.includes(Number(id))) throw malformedAnswer(`is about another device: ${String(id)}`)
      return sessions
    })
  }

  /** "Get All Files Metadata" of a session. */
  async listFiles(sessionId: string, options: CallOptions = {}): Promise<StagedFile[]> {
    const call: Call = {
      method: 'GET',
      path: `/sessions/${pathSegment(sessionId)}/files`,
      effect: 'read',
      what: 'list staged files',
      permission: `${FILE} READ`,
      ...options,
    }
    return await this.#call(call, answer => records(answer).map(staged))
  }

  /** "Get File Metadata". */
  async getFile(sessionId: string, fileId: string, options: CallOptions = {}): Promise<StagedFile> {
    const call: Call = {
      method: 'GET',
      path: `/sessions/${pathSegment(sessionId)}/files/${pathSegment(fileId)}`,
      effect: 'read',
      what: 'get staged file',
      permission: `${FILE} READ`,
      ...options,
    }
    return await this.#call(call, answer => checkSubject(staged(answer), { id: fileId }))
  }

  /**
   * "Get File Content": the bytes as they come, directly or after a redirect to storage on another origin, which never sees the
   * credentials.
   */
  async openFile(sessionId: string, fileId: string, options: CallOptions = {}): Promise<Content> {
    return await this.#http.download({
      method: 'GET',
      path: `${this.#base}/sessions/${pathSegment(sessionId)}/files/${pathSegment(fileId)}/content`,
      effect: 'read',
      what: 'download',
      waitIsShown: true,
      permission: `${FILE} READ`,
      ...options,
    })
  }

  /** "Upload File to Carbon Black Cloud", to be put on the session's endpoint. */
  async uploadFile(sessionId: string, file: Upload, options: CallOptions = {}): Promise<StagedFile> {
    return await this.#http.upload(
      {
        method: 'POST',
        path: `${this.#base}/sessions/${pathSegment(sessionId)}/files`,
        effect: 'change',
        what: 'upload',
        look: `cbc lr file list ${sessionId}`,
        waitIsShown: true,
        permission: `${FILE} CREATE`,
        ...options,
      },
      file,
      staged,
    )
  }

  /** "Delete File" from the cloud. */
  async deleteFile(sessionId: string, fileId: string, options: CallOptions = {}): Promise<void> {
    await this.#call(
      {
        method: 'DELETE',
        path: `/sessions/${pathSegment(sessionId)}/files/${pathSegment(fileId)}`,
        effect: 'removal',
        what: 'delete staged file',
        look: `cbc lr file list ${sessionId}`,
        permission: `${FILE} DELETE`,
        ...options,
      },
      deletionAnswer({ id: fileId }),
    )
  }

  /** "Get Commands List" of a session. */
  async listCommands(sessionId: string, options: CallOptions = {}): Promise<Command[]> {
    const call: Call = {
      method: 'GET',
      path: `/sessions/${pathSegment(sessionId)}/commands`,
      effect: 'read',
      what: 'list commands',
      permission: READ_COMMANDS,
      ...options,
    }
    return await this.#call(call, answer => records(answer).map(item => checkSubject(command(item), { session_id: sessionId })))
  }

  /** "Issue Command"; its answer is usually PENDING. @throws LostAnswer where the command may have been accepted */
  async issueCommand(sessionId: string, request: CommandRequest, options: CallOptions = {}): Promise<Command> {
    const { permission } = COMMANDS[request.name]
    const effect = isIssuedOnce(request.name) ? 'change' : 'read'
    const call: Call = {
      method: 'POST',
      path: `/sessions/${pathSegment(sessionId)}/commands`,
      body: request,
      effect,
      what: request.name,
      look: `cbc lr command list ${sessionId}`,
      waitIsShown: true,
      permission: [permission, `${SESSION} READ`],
      ...options,
    }
    return await this.#call(call, answer => this.#sentRequests.issued(sessionId, request, command(answer)))
  }

  /**
   * "Retrieve Command Status". With `wait` a server may hold the answer until the command ends or some seconds pass; some servers ignore
   * it.
   * @param options.request the request with this number; default: the one issued by this client. Only the READ permission of its kind is
   *   needed
   */
  async getCommand(
    sessionId: string,
    id: number,
    { wait, request: given, ...options }: CallOptions & { wait?: boolean; request?: CommandRequest } = {},
  ): Promise<Command> {
    const request = given ?? this.#sentRequests.request(sessionId, id)
    const call: Call = {
      method: 'GET',
      path: `/sessions/${pathSegment(sessionId)}/commands/${numberSegment(id)}`,
      effect: 'read',
      what: 'get command',
      waitIsShown: true,
      permission: request === undefined ? READ_COMMANDS : [`${SESSION} READ`, readPermissionOf(request.name)],
      ...(wait ? { query: { wait: 'true' }, timeoutMs: LONG_POLL_TIMEOUT_MS } : {}),
      ...options,
    }
    return await this.#call(call, answer => this.#sentRequests.command(sessionId, id, command(answer), request))
  }

  /** "Cancel Command"; only a PENDING one can be cancelled. */
  async cancelCommand(sessionId: string, id: number, options: CallOptions = {}): Promise<void> {
    await this.#call(
      {
        method: 'DELETE',
        path: `/sessions/${pathSegment(sessionId)}/commands/${numberSegment(id)}`,
        effect: 'change',
        what: 'cancel command',
        look: `cbc lr command get ${sessionId} ${id}`,
        permission: CANCEL,
        ...options,
      },
      deletionAnswer({ id }),
    )
  }

  /** @param asked what the answer must be about */
  #session(answer: unknown, asked: Readonly<Record<string, string | number>> = {}): Session {
    return this.#sentRequests.session(checkSubject(session(answer), asked))
  }

  /** @param read reads the answer @throws BrokenAnswer where `read` does */
  async #call<T>(call: Call, read: (answer: unknown) => T): Promise<T> {
    return await this.#http.json({ ...call, path: this.#base + call.path }, read)
  }
}
