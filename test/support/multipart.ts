/** One part of a multipart/form-data body. */
export interface Part {
  name: string
  /** Present for files only. */
  filename?: string
  type?: string
  bytes: Buffer
}

/**
 * Parses a multipart/form-data body (RFC 7578), byte for byte.
 * @returns undefined for another content type.
 * @throws Error for a malformed body.
 */
export function multipart(contentType: string | undefined, body: Buffer): Part[] | undefined {
  const [, quoted, plain] = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '') ?? []
  const boundary = quoted ?? plain
  if (boundary === undefined) return undefined
  const framed = Buffer.concat([Buffer.from('\r\n'), body])
  const mark = Buffer.from(`\r\n--${boundary}`)
  const parts: Part[] = []
  for (let start = framed.indexOf(mark); ;) {
    if (start < 0) throw new Error('multipart: no closing boundary')
    const from = start + mark.length
    if (framed.subarray(from, from + 2).toString() === '--') return parts
    const end = framed.indexOf(mark, from)
    const blank = framed.indexOf('\r\n\r\n', from)
    if (end < 0 || blank < 0 || blank > end) throw new Error('multipart: a part without headers or end')
    parts.push(part(framed.subarray(from, blank).toString(), framed.subarray(blank + 4, end)))
    start = end
  }
}

function part(head: string, bytes: Buffer): Part {
  const [, name] = /^content-disposition:\s*form-data;.*?\bname="((?:[^"\\]|\\.)*)"/im.exec(head) ?? []
  if (name === undefined) throw new Error(`multipart: a part without a name\n${head}`)
  const [, filename] = /^content-disposition:.*?\bfilename="((?:[^"\\]|\\.)*)"/im.exec(head) ?? []
  const [, type] = /^content-type:\s*(.+?)\s*$/im.exec(head) ?? []
  return { name, ...(filename !== undefined && { filename }), ...(type !== undefined && { type }), bytes: Buffer.from(bytes) }
}
