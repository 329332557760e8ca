import { readAttributes, type Attributes } from '../../src/sftp/protocol/attributes.ts'
import { OPEN, PACKET } from '../../src/sftp/protocol/constants.ts'
import { converse } from '../../src/sftp/protocol/conversation.ts'
import { FieldReader, FieldWriter } from '../../src/sftp/protocol/fields.ts'
import { failuresTold } from '../../src/sftp/failure.ts'
import type { FileSystem } from '../../src/sftp/protocol/file-system.ts'
import { NEVER } from '../remote/support.ts'

/** What a server answered. */
export interface Answered {
  type: number
  fields: FieldReader
}

/** A stream that a test writes to. */
export class Pipe implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  #ended = false
  #wake = () => {}

  write(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) yield chunk
      else if (this.#ended) return
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}

/** A client of SFTP that speaks with a server in this process. */
export class Client {
  readonly pipe = new Pipe()
  /** Settles when the server has ended. */
  readonly over: Promise<void>
  /** What the server told its user. */
  readonly told: string[] = []
  readonly #waiting = new Map<number, (answer: Answered) => void>()
  #version: (answer: Answered) => void = () => {}
  #ids = 0
  #received = Buffer.alloc(0)

  constructor(files: FileSystem, signal = NEVER) {
    const notice = (line: string) => {
      this.told.push(line)
    }
    const write = async (bytes: Uint8Array) => this.#receive(bytes)
    this.over = converse({ files, input: this.pipe, write, refusal: failuresTold(notice), signal })
    this.over.catch(() => {})
  }

  async start(): Promise<Answered> {
    const answer = new Promise<Answered>(resolve => {
      this.#version = resolve
    })
    this.pipe.write(new FieldWriter().uint8(PACKET.INIT).uint32(3).packet())
    return await answer
  }

  /** Sends a request. @param fields after its number */
  async ask(type: number, fields = new FieldWriter()): Promise<Answered> {
    const id = ++this.#ids
    const answer = new Promise<Answered>(resolve => {
      this.#waiting.set(id, resolve)
    })
    this.pipe.write(new FieldWriter().uint8(type).uint32(id).fields(fields).packet())
    return await answer
  }

  /** Sends a request for a path. @returns the status, or the whole answer where it is another one */
  async path(type: number, path: string, more = new FieldWriter()): Promise<Answered> {
    return await this.ask(type, new FieldWriter().string(path).fields(more))
  }

  async status(answer: Promise<Answered>): Promise<number> {
    return statusOf(await answer).status
  }

  async attributes(path: string, type: number = PACKET.LSTAT): Promise<Attributes> {
    const { type: got, fields } = await this.path(type, path)
    if (got !== PACKET.ATTRS) throw new Error(`${path}: ${JSON.stringify(statusOf({ type: got, fields }))}`)
    return readAttributes(fields)
  }

  async open(path: string, flags: number = OPEN.READ): Promise<string> {
    return handleOf(await this.path(PACKET.OPEN, path, new FieldWriter().uint32(flags).uint32(0)))
  }

  /** Returns bytes; undefined at the end of the file. */
  async read(handle: string, offset: number, length: number): Promise<Buffer | undefined> {
    const answer = await this.ask(PACKET.READ, new FieldWriter().string(handle).uint64(offset).uint32(length))
    if (answer.type === PACKET.DATA) return answer.fields.bytes()
    const { status, message } = statusOf(answer)
    if (status !== 1) throw new Error(message)
    return undefined
  }

  async write(handle: string, offset: number, data: string | Uint8Array): Promise<number> {
    return await this.status(this.ask(PACKET.WRITE, new FieldWriter().string(handle).uint64(offset).string(data)))
  }

  async sync(handle: string): Promise<number> {
    return await this.status(this.ask(PACKET.EXTENDED, new FieldWriter().string('fsync@openssh.com').string(handle)))
  }

  async close(handle: string): Promise<number> {
    return await this.status(this.ask(PACKET.CLOSE, new FieldWriter().string(handle)))
  }

  /** Reads a file with many small requests. */
  async get(path: string, size = 4096): Promise<Buffer> {
    const handle = await this.open(path)
    const parts: Buffer[] = []
    for (let at = 0; ;) {
      const part = await this.read(handle, at, size)
      if (part === undefined) break
      parts.push(part)
      at += part.length
    }
    await this.close(handle)
    return Buffer.concat(parts)
  }

  /** Puts a file as clients do. @returns the status of its end */
  async put(path: string, data: string | Uint8Array, flags: number = OPEN.WRITE | OPEN.CREATE | OPEN.TRUNCATE): Promise<number> {
    const handle = await this.open(path, flags)
    await this.write(handle, 0, data)
    return await this.close(handle)
  }

  async list(path: string): Promise<Map<string, { longName: string; attributes: Attributes }>> {
    const handle = handleOf(await this.path(PACKET.OPENDIR, path))
    const found = new Map<string, { longName: string; attributes: Attributes }>()
    for (;;) {
      const { type, fields } = await this.ask(PACKET.READDIR, new FieldWriter().string(handle))
      if (type !== PACKET.NAME) break
      for (let left = fields.uint32(); left > 0; left--)
        found.set(fields.text(), { longName: fields.text(), attributes: readAttributes(fields) })
    }
    await this.close(handle)
    return found
  }

  async leave(): Promise<void> {
    this.pipe.end()
    await this.over
  }

  #receive(bytes: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, bytes])
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readUInt32BE()
      if (this.#received.length < end) return
      const fields = new FieldReader(this.#received.subarray(4, end))
      this.#received = this.#received.subarray(end)
      const type = fields.uint8()
      const number = fields.uint32()
      if (type === PACKET.VERSION) this.#version({ type, fields })
      else this.#answer(number, { type, fields })
    }
  }

  #answer(id: number, answer: Answered): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) throw new Error(`an answer of type ${answer.type} to ${id}, which nobody asked`)
    this.#waiting.delete(id)
    waiting(answer)
  }
}

function statusOf({ type, fields }: Answered): { status: number; message: string } {
  if (type !== PACKET.STATUS) throw new Error(`answer of type ${type} in place of a status`)
  return { status: fields.uint32(), message: fields.text() }
}

function handleOf(answer: Answered): string {
  if (answer.type !== PACKET.HANDLE) throw new Error(JSON.stringify(statusOf(answer)))
  return answer.fields.bytes().toString('latin1')
}
