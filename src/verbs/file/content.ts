import { encodeBytes } from '../../core/result.ts'

/** The JSON fields of a file or a part of it. */
export const CONTENT_FIELDS = ['path', 'offset', 'size', 'sha256', 'content', 'content_encoding'] as const

/** Returns bytes as JSON fields: as text if they are text, else in Base64. */
export function content(bytes: Uint8Array): { content: string; content_encoding: string } {
  const { text, encoding } = encodeBytes(bytes)
  return { content: text, content_encoding: encoding }
}
