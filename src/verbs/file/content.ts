import { encodeBytes } from '../../core/result.ts'

/** The fields of a file, or a part of it, in JSON. */
export const CONTENT_FIELDS = ['path', 'offset', 'size', 'sha256', 'content', 'content_encoding'] as const

/** Bytes as fields of JSON. */
export function content(bytes: Uint8Array): { content: string; content_encoding: string } {
  const { text, encoding } = encodeBytes(bytes)
  return { content: text, content_encoding: encoding }
}
