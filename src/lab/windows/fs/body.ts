import type { Blobs, Content } from '../../endpoint.ts'

/**
 * The contents of a file: a Content, or `headed`: bytes that are generated on the fly after a real header, so that an executable or a log
 * begins like one, whatever its size. Plain JSON.
 */
export type Body = Content | { kind: 'headed'; head: string; seed: number; size: number }

/** Returns the body of a text, in UTF-8. */
export function textBody(text: string): Content {
  return bytesBody(Buffer.from(text, 'utf8'))
}

/** Returns a body with the bytes in the reference itself, for small files. */
export function bytesBody(bytes: Uint8Array): Content {
  return { kind: 'text', base64: Buffer.from(bytes).toString('base64'), size: bytes.byteLength }
}

/**
 * Yields `length` bytes of a body from `offset` (default: to the end), in chunks; nothing beyond the end.
 * @param offset, length in bytes
 */
export async function* readBody(blobs: Blobs, body: Body, offset = 0, length = Infinity): AsyncGenerator<Uint8Array> {
  const end = Math.min(body.size, offset + length)
  if (offset >= end) return
  if (body.kind !== 'headed') {
    yield* blobs.read(body, offset, end - offset)
    return
  }
  const head = Buffer.from(body.head, 'base64')
  if (offset < head.length) yield head.subarray(offset, Math.min(head.length, end))
  const from = Math.max(offset, head.length)
  if (from < end) yield* blobs.read({ kind: 'generated', seed: body.seed, size: body.size }, from, end - from)
}

/** Returns the first bytes of a body, at most `length`. */
export async function headOf(blobs: Blobs, body: Body, length: number): Promise<Buffer> {
  return collect(readBody(blobs, body, 0, length))
}

/** Turns a body into a Content that the cloud can stage; a headed one is written to the blob store. */
export async function toContent(blobs: Blobs, body: Body): Promise<Content> {
  return body.kind === 'headed' ? blobs.write(readBody(blobs, body)) : body
}

/** Reads a whole stream. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}
