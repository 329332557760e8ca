import { createHash } from 'node:crypto'
import { delayed } from '../../core/abort.ts'
import { CbcError } from '../../core/errors.ts'
import type { ObjectUpload, Written } from '../../core/file-store.ts'
import type { Clock } from '../../core/ports.ts'
import { elementText } from '../../core/text/xml-element.ts'
import type { Buffers } from './buffers.ts'
import { composite } from './checksum.ts'
import type { S3Answer, S3Client, S3Request } from './client.ts'
import { PendingPart } from './pending-part.ts'
import { S3Error } from './s3-error.ts'

/** The service's limit ("Multipart upload limits"). */
const MAX_PARTS = 10_000
/** How long the parts of an upload that was ended may take to be removed, milliseconds. */
const CLEANUP_MS = 10_000
/** "Conditional writes": there is an object of that name. */
const PRECONDITION_FAILED = 412

export interface UploadWork {
  client: S3Client
  buffers: Buffers
  key: string
  /** For messages: `s3://bucket/key`. */
  place: string
  /** Headers of the object, such as its lock. */
  headers(): Record<string, string>
  /** Replaces the object with this ETag; absent: there must be none of its name. */
  over?: string | undefined
  /** Whether the object of a path has these bytes. @param checksum as S3 tells it */
  isAt(path: string, size: number, checksum: string): Promise<boolean>
  /** Its own path. */
  path: string
  clock: Clock
  signal: AbortSignal
}

interface SentPart {
  etag: string
  digest: Buffer
}

/**
 * An object on its way: one request where it is small, otherwise parts ("Multipart upload"), of which one is sent while the next is filled.
 * Each has its SHA-256 with it, and the service refuses one that arrives with another.
 */
export class Upload implements ObjectUpload {
  readonly #work: UploadWork
  #part: PendingPart
  readonly #sent: SentPart[] = []
  /** The part that is on its way. */
  #sending: Promise<void> = Promise.resolve()
  #id: string | undefined

  constructor(work: UploadWork) {
    this.#work = work
    this.#part = this.#newPart()
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      // A full part waits for the next byte: without one it is the last part, or all of the object.
      if (this.#part.isFull) await this.#sendPart()
      at += await this.#part.add(chunk.subarray(at))
    }
  }

  async isAt(path: string, written: Written): Promise<boolean> {
    return await this.#work.isAt(path, written.size, await this.checksum(written))
  }

  /** Returns the checksum that the object will have. Called once everything is written, and before `commit`. */
  async checksum({ sha256 }: Written): Promise<string> {
    return this.#id === undefined ? Buffer.from(sha256, 'hex').toString('base64') : await this.#composite()
  }

  async commit(written: Written): Promise<boolean> {
    try {
      if (this.#id === undefined) await this.#putWhole(written)
      else await this.#complete(this.#id, written)
    } catch (error) {
      if (error instanceof S3Error && error.refusal.status === PRECONDITION_FAILED) return false
      throw error
    }
    this.#id = undefined
    this.#part.release()
    return true
  }

  async drop(): Promise<void> {
    await this.discard()
    this.#part = this.#newPart()
  }

  async discard(): Promise<void> {
    await this.#sending.catch(() => {})
    this.#sending = Promise.resolve()
    this.#sent.length = 0
    this.#part.release()
    const id = this.#id
    this.#id = undefined
    if (id === undefined) return
    const { clock, signal } = this.#work
    const late = delayed(clock, CLEANUP_MS, signal)
    // What is left is what a killed program leaves too: the bucket's own rule removes it (docs/fleets.md).
    await this.#ask({ what: 'removing the parts of', method: 'DELETE', query: { uploadId: id }, signal: late.signal }).catch(() => {})
    late.clear()
  }

  /** "Conditional writes". */
  get #condition(): Record<string, string> {
    const { over } = this.#work
    return over === undefined ? { 'if-none-match': '*' } : { 'if-match': over }
  }

  #newPart(): PendingPart {
    return new PendingPart(this.#work.buffers, this.#work.signal)
  }

  /** Starts to send the part that is filled. @throws the failure of the one before */
  async #sendPart(): Promise<void> {
    await this.#sending
    const number = this.#sent.length + 1
    if (number > MAX_PARTS)
      throw new CbcError('io', `${this.#work.place}: is larger than ${MAX_PARTS} parts`, { hint: 'use a folder as --store' })
    this.#id ??= await this.#begin()
    const [part, id] = [this.#part, this.#id]
    this.#part = this.#newPart()
    this.#sending = this.#putPart(part, id, number).finally(() => part.release())
    // It is reported to who waits for it.
    this.#sending.catch(() => {})
  }

  /** "CreateMultipartUpload". */
  async #begin(): Promise<string> {
    const { text } = await this.#ask({
      what: 'starting',
      method: 'POST',
      query: { uploads: '' },
      headers: { ...this.#work.headers(), 'x-amz-checksum-algorithm': 'SHA256', 'x-amz-checksum-type': 'COMPOSITE' },
    })
    const id = elementText(text, 'UploadId')
    if (id === undefined) throw new CbcError('io', `${this.#work.place}: the service started an upload without saying its name`)
    return id
  }

  /** "UploadPart". */
  async #putPart(part: PendingPart, uploadId: string, number: number): Promise<void> {
    const body = part.bytes()
    const digest = createHash('sha256').update(body).digest()
    const { headers } = await this.#ask({
      what: `sending part ${number} of`,
      method: 'PUT',
      query: { partNumber: String(number), uploadId },
      headers: checksumOf(digest),
      body,
      digest,
    })
    const etag = headers['etag']
    if (etag === undefined) throw new CbcError('io', `${this.#work.place}: the service took a part without telling its ETag`)
    this.#sent.push({ etag, digest })
  }

  /** "PutObject". */
  async #putWhole({ sha256 }: Written): Promise<void> {
    const digest = Buffer.from(sha256, 'hex')
    await this.#ask({
      what: 'storing',
      method: 'PUT',
      headers: { ...this.#work.headers(), ...this.#condition, ...checksumOf(digest) },
      body: this.#part.bytes(),
      digest,
    })
  }

  /** "CompleteMultipartUpload". */
  async #complete(uploadId: string, written: Written): Promise<void> {
    await this.#settle()
    const parts = this.#sent.map(
      ({ etag, digest }, n) =>
        `<Part><PartNumber>${n + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag><ChecksumSHA256>${digest.toString('base64')}</ChecksumSHA256></Part>`,
    )
    const xml = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`
    try {
      await this.#ask({ what: 'storing', method: 'POST', query: { uploadId }, headers: this.#condition, body: Buffer.from(xml) })
    } catch (error) {
      // An upload that is gone was completed, if the answer to that was lost.
      const isGone = error instanceof S3Error && error.refusal.code === 'NoSuchUpload'
      if (!isGone || !(await this.isAt(this.#work.path, written))) throw error
    }
  }

  /** Waits until all parts are there. */
  async #settle(): Promise<void> {
    if (this.#part.length > 0) await this.#sendPart()
    await this.#sending
  }

  async #composite(): Promise<string> {
    await this.#settle()
    return composite(this.#sent.map(({ digest }) => digest))
  }

  async #ask({
    what,
    signal = this.#work.signal,
    ...request
  }: Omit<S3Request, 'key' | 'signal'> & { signal?: AbortSignal }): Promise<S3Answer> {
    const { client, key, place } = this.#work
    return await client.send({ ...request, what: `${what} ${place}`, key, signal })
  }
}

/** Some services want the algorithm by name, as the vendor's own programs send it. */
function checksumOf(digest: Buffer): Record<string, string> {
  return { 'x-amz-sdk-checksum-algorithm': 'SHA256', 'x-amz-checksum-sha256': digest.toString('base64') }
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, character => `&#${character.charCodeAt(0)};`)
}
