import { linked, type Linked } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import { orAborted } from '../../core/read-write-lock.ts'
import { END, OK, sizeOf, writeAnswer, writeVersion, type Answer, type NamedEntry } from './answers.ts'
import { EXTENSION, MAX_DATA_BYTES, MAX_PACKET_BYTES, STATUS } from './constants.ts'
import type { FileSystem } from './file-system.ts'
import { MAX_HANDLES, OpenHandles, type OpenDirectory } from './open-handles.ts'
import { packets } from './packets.ts'
import { Refusal, unsupported } from './refusal.ts'
import { readInit, readRequest, type Request } from './requests.ts'

/** How many requests of a client are worked on at a time; further ones wait in its pipe. Each may hold a packet. */
const MAX_IN_FLIGHT = 128
/** Bytes of entries in one answer: what all clients accept. */
const NAMES_BYTES = 32 * 1024

/** Why requests are given up when their client has gone. */
const GONE = new CbcError('interrupted', 'the client has gone')

export interface ConversationOptions {
  files: FileSystem
  /** What the client sends. Its end is the client's. */
  input: AsyncIterable<Uint8Array>
  /** Sends bytes to the client; resolves when more can be sent. */
  write(bytes: Uint8Array): Promise<void>
  /** Returns the refusal that a request's failure becomes. */
  refusal(error: unknown, request: Request): Refusal
  /** Aborted when the conversation has to end. */
  signal: AbortSignal
}

/**
 * Talks with one client until that has gone: requests are worked on side by side, those for a file that is written one after the other. What
 * a client that has gone only wanted to know is given up, and what it changes is still done.
 * @throws MalformedPacket: it is no client of SFTP; whatever `input` and `write` throw
 */
export async function converse(options: ConversationOptions): Promise<void> {
  await new Conversation(options).run()
}

class Conversation {
  readonly #options: ConversationOptions
  readonly #handles = new OpenHandles()
  readonly #gone: Linked
  readonly #inFlight = new Set<Promise<void>>()
  /** The last request for each file that is written. */
  readonly #order = new Map<string, Promise<unknown>>()
  #broken: { error: unknown } | undefined

  constructor(options: ConversationOptions) {
    this.#options = options
    this.#gone = linked(options.signal)
  }

  async run(): Promise<void> {
    try {
      await this.#listen()
    } finally {
      this.#gone.abort(GONE)
      await Promise.all(this.#inFlight)
      this.#handles.abandon()
      this.#gone.clear()
    }
  }

  async #listen(): Promise<void> {
    const arriving = packets(this.#options.input)
    const next = async () => {
      const { value } = await orAborted(arriving.next(), this.#gone.signal)
      return value
    }
    try {
      const first = await next()
      if (first === undefined) return
      readInit(first)
      await this.#options.write(writeVersion({ [EXTENSION.LIMITS]: '1', [EXTENSION.FSYNC]: '1' }))
      for (let packet = await next(); packet !== undefined; packet = await next()) await this.#take(packet)
    } catch (error) {
      if (this.#broken !== undefined) throw this.#broken.error
      if (!this.#gone.signal.aborted) throw error
    }
  }

  async #take(packet: Buffer): Promise<void> {
    const { id, request } = readRequest(packet)
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight)
    const work = this.#inOrder(request, () => this.#reply(id, request)).catch((error: unknown) => {
      // The client can't be reached any more.
      this.#broken ??= { error }
      this.#gone.abort(GONE)
    })
    this.#inFlight.add(work)
    void work.then(() => this.#inFlight.delete(work))
  }

  /** Returns the handle of the file that is written to by which, or by whose path, a request changes it. */
  #writtenBy(request: Request): string | undefined {
    if (request.kind === 'setstat') return this.#handles.writtenAt(request.path)
    return 'handle' in request && this.#handles.isWritten(request.handle) ? request.handle : undefined
  }

  /** Lets the requests for a file that is written wait for each other. */
  async #inOrder(request: Request, work: () => Promise<void>): Promise<void> {
    const handle = this.#writtenBy(request)
    if (handle === undefined) return await work()
    const mine = (this.#order.get(handle) ?? Promise.resolve()).then(work)
    const over = mine.catch(() => {})
    this.#order.set(handle, over)
    await mine.finally(() => {
      if (this.#order.get(handle) === over) this.#order.delete(handle)
    })
  }

  async #reply(id: number, request: Request): Promise<void> {
    const answer = await this.#answer(request).catch((error: unknown): Answer => {
      const { status, message } = this.#options.refusal(error, request)
      return { kind: 'status', status, message }
    })
    await this.#options.write(writeAnswer(id, answer))
  }

  async #answer(request: Request): Promise<Answer> {
    const { files } = this.#options
    const { signal } = this.#gone
    switch (request.kind) {
      case 'realpath': {
        const path = files.realPath(request.path)
        return { kind: 'names', entries: [{ name: path, longName: path, attributes: {} }] }
      }
      case 'stat':
      case 'lstat':
        return { kind: 'attributes', attributes: await files.attributes(request.path, request.kind === 'stat', signal) }
      case 'open':
        this.#handles.checkRoom()
        return { kind: 'handle', handle: this.#handles.add(await files.open(request.path, request.flags, signal), request.path) }
      case 'opendir':
        this.#handles.checkRoom()
        return { kind: 'handle', handle: this.#handles.add({ entries: await files.list(request.path, signal), given: 0 }, request.path) }
      case 'readdir':
        return nextOf(this.#handles.directory(request.handle))
      case 'fstat':
      case 'read':
      case 'write':
      case 'fsetstat':
      case 'fsync':
      case 'close':
        return await this.#answerForHandle(request)
      case 'setstat':
        await files.setAttributes(request.path, request.attributes)
        return OK
      case 'mkdir':
        await files.makeDirectory(request.path)
        return OK
      case 'remove':
        await files.remove(request.path)
        return OK
      case 'rmdir':
        await files.removeDirectory(request.path)
        return OK
      default:
        return answerWithoutFiles(request)
    }
  }

  async #answerForHandle(request: Extract<Request, { handle: string }>): Promise<Answer> {
    if (request.kind === 'close') {
      await this.#handles.take(request.handle)?.close()
      return OK
    }
    const file = this.#handles.file(request.handle)
    const { signal } = this.#gone
    switch (request.kind) {
      case 'read': {
        const data = await file.read(request.offset, Math.min(request.length, MAX_DATA_BYTES), signal)
        return data.length === 0 && request.length > 0 ? END : { kind: 'data', data }
      }
      case 'write':
        await file.write(request.offset, request.data)
        return OK
      case 'fsetstat':
        await file.setAttributes(request.attributes)
        return OK
      case 'fsync':
        await file.sync()
        return OK
      default:
        return { kind: 'attributes', attributes: await file.attributes(signal) }
    }
  }
}

/** Answers what needs nothing of the files. @throws Refusal */
function answerWithoutFiles(request: Request): Answer {
  switch (request.kind) {
    case 'extended':
      if (request.name === EXTENSION.LIMITS)
        return { kind: 'numbers', numbers: [MAX_PACKET_BYTES, MAX_DATA_BYTES, MAX_DATA_BYTES, MAX_HANDLES] }
      throw unsupported('this extension is not supported')
    case 'malformed':
      throw new Refusal(STATUS.BAD_MESSAGE, request.why)
    case 'unknown':
      throw unsupported(`packets of type ${request.type} are not supported`)
    default:
      throw unsupported(`${request.kind}: Live Response has no command for this`)
  }
}

function nextOf(directory: OpenDirectory): Answer {
  const entries: NamedEntry[] = []
  for (let bytes = 0; bytes < NAMES_BYTES; directory.given += 1) {
    const entry = directory.entries[directory.given]
    if (entry === undefined) break
    entries.push(entry)
    bytes += sizeOf(entry)
  }
  return entries.length === 0 ? END : { kind: 'names', entries }
}
