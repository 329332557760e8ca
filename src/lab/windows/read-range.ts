import type { Blobs, Content } from '../endpoint.ts'
import { type Body, bytesBody, collect, readBody, toContent } from './fs/body.ts'

/**
 * Returns a part of a file's bytes, for `get file`. Beyond the end it is an empty Content, not an error, as with a read.
 * @param offset bytes to skip
 * @param count bytes to take; 0 for all
 */
export async function slice(blobs: Blobs, body: Body, offset: number, count: number): Promise<Content> {
  const size = Math.max(0, Math.min(body.size - offset, count > 0 ? count : Infinity))
  if (size === body.size) return toContent(blobs, body)
  const part = readBody(blobs, body, offset, size)
  return body.kind === 'text' || size === 0 ? bytesBody(await collect(part)) : blobs.write(part)
}
