import { HttpError } from './http.ts'

/** One part of a multipart/form-data body (RFC 7578). */
export interface Part {
  /** The form field. */
  name: string | undefined
  /** Present when the part is a file. */
  filename: string | undefined
  /** Must be read before the next part is requested; bytes that aren't read are skipped. */
  body: AsyncGenerator<Uint8Array>
}

/** The most bytes of headers in one part. */
const MAX_HEADER_BYTES = 16 * 1024

/**
 * Yields the parts of a multipart/form-data request as they arrive.
 * @throws HttpError 400: the body isn't multipart/form-data, or is malformed
 */
export async function* readParts(contentType: string | null, body: AsyncIterable<Uint8Array>): AsyncGenerator<Part> {
  const source = new Source(body)
  const boundary = Buffer.from(`\r\n--${boundaryOf(contentType)}`, 'latin1')
  // The first boundary may stand at the very start, where no line ends before it.
  source.unread(Buffer.from('\r\n'))
  try {
    await drain(source.until(boundary))
    while (await startsPart(source)) {
      const headers = await readHeaders(source)
      const part = { ...dispositionOf(headers), body: source.until(boundary) }
      yield part
      await drain(part.body)
    }
  } finally {
    await source.close()
  }
}

/** @throws HttpError 400 */
function boundaryOf(contentType: string | null): string {
  if (contentType === null || !/^multipart\/form-data\s*(;|$)/i.test(contentType))
    throw new HttpError(400, 'Content-Type must be multipart/form-data')
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType)
  const boundary = match?.[1] ?? match?.[2]
  if (boundary === undefined) throw new HttpError(400, 'Content-Type has no boundary')
  return boundary
}

/** Reads what follows a boundary: `--` after the last one, or blanks and a line end before another part. */
async function startsPart(source: Source): Promise<boolean> {
  const line = await source.line(1024, { last: true })
  if (line.startsWith('--')) return false
  if (line.trim() !== '') throw broken()
  return true
}

async function readHeaders(source: Source): Promise<string[]> {
  const lines: string[] = []
  for (let left = MAX_HEADER_BYTES; ;) {
    const line = await source.line(left)
    if (line === '') return lines
    lines.push(line)
    left -= line.length
  }
}

function dispositionOf(headers: string[]): { name: string | undefined; filename: string | undefined } {
  const header = headers.find(line => /^content-disposition:/i.test(line)) ?? ''
  return { name: parameter(header, 'name'), filename: extendedFilename(header) ?? parameter(header, 'filename') }
}

/**
 * Returns a parameter, quoted or not. Browsers write a quote as `%22` or `\"`, curl as `\"`; any other backslash is literal (Windows
 * paths).
 */
function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:\\\\"|[^"])*)"|([^\\s;"]+))`, 'i').exec(header)
  return match === null ? undefined : (match[1]?.replaceAll('\\"', '"').replaceAll('%22', '"') ?? match[2])
}

/** Reads `filename*=UTF-8''na%C3%AFve.txt` (RFC 5987). */
function extendedFilename(header: string): string | undefined {
  const match = /;\s*filename\*=utf-8'[^']*'([^\s;]+)/i.exec(header)
  try {
    return match?.[1] === undefined ? undefined : decodeURIComponent(match[1])
  } catch {
    return undefined
  }
}

async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes) {
    /* skipped */
  }
}

function broken(): HttpError {
  return new HttpError(400, 'Multipart body is broken or cut short')
}

/** Reads a byte stream up to delimiters. */
class Source {
  readonly #iterator: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]()
  }

  unread(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held])
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }

  /** Yields the bytes before `delimiter`, and consumes the delimiter. */
  async *until(delimiter: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#held.indexOf(delimiter)
      if (at !== -1) {
        const bytes = this.#held.subarray(0, at)
        this.#held = this.#held.subarray(at + delimiter.length)
        if (bytes.length > 0) yield bytes
        return
      }
      // Hold back what may be the beginning of a delimiter that continues in the next chunk.
      const safe = this.#held.length - delimiter.length + 1
      if (safe > 0) {
        const bytes = this.#held.subarray(0, safe)
        this.#held = this.#held.subarray(safe)
        yield bytes
      }
      const next = await this.#next()
      // Copy only where two chunks meet: otherwise all of an upload of gigabytes would be copied.
      const seam = Buffer.concat([this.#held, next.subarray(0, delimiter.length - 1)])
      if (next.length < delimiter.length || seam.includes(delimiter)) this.#held = Buffer.concat([this.#held, next])
      else {
        const bytes = this.#held
        this.#held = next
        if (bytes.length > 0) yield bytes
      }
    }
  }

  /** Returns a line of at most `limit` bytes, without its end. @param last it may be the `--` after the last boundary, where the body may end */
  async line(limit: number, { last = false } = {}): Promise<string> {
    for (;;) {
      const at = this.#held.indexOf('\r\n')
      if (at !== -1 && at <= limit) {
        const line = this.#held.toString('utf8', 0, at)
        this.#held = this.#held.subarray(at + 2)
        return line
      }
      if (last && at === -1 && this.#held.length === 2 && this.#held.toString() === '--') return '--'
      if (this.#held.length > limit) throw broken()
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    const next = await this.#next()
    this.#held = this.#held.length === 0 ? next : Buffer.concat([this.#held, next])
  }

  async #next(): Promise<Buffer> {
    const next = await this.#iterator.next()
    if (next.done) throw broken()
    return asBuffer(next.value)
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
