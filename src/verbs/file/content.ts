import { encodeBytes } from '../../core/result.ts'

/** Bytes as fields of JSON. */
export function content(bytes: Uint8Array): { content: string, content_encoding: string } {
  const { text, encoding } = encodeBytes(bytes)
  return { content: text, content_encoding: encoding }
}
