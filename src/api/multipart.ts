/** A file to upload: multipart/form-data with one part ("Upload File to Carbon Black Cloud"). */
export interface Upload {
  name: string
  /** Bytes. */
  size: number
  /** Its bytes from the beginning; called again where the upload was refused for its rate and is repeated. */
  bytes(): AsyncIterable<Uint8Array>
  /** Unguessable text that separates the parts. */
  boundary: string
}

/** Makes the headers and the streamed body of an upload. */
export function multipartBody({ name, size, bytes, boundary }: Upload): {
  headers: Record<string, string>
  body: () => AsyncIterable<Uint8Array>
} {
  // As browsers do (WHATWG "multipart/form-data encoding algorithm"), so that no name can end the header.
  const quoted = name.replace(/["\r\n]/g, character => encodeURIComponent(character))
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(head.length + size + tail.length) },
    async *body() {
      yield head
      yield* bytes()
      yield tail
    },
  }
}
