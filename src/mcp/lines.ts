/** The longest message of a client, bytes. */
const MAX_LINE = 4 * 1024 * 1024

const NEWLINE = 0x0a

/**
 * Divides input into lines, each with its line break. A line without end would fill the memory: one that is too long is dropped.
 * @param tooLong called for each of those
 */
export async function* wholeLines(input: AsyncIterable<Uint8Array | string>, tooLong: () => void, most = MAX_LINE): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let [size, dropping] = [0, false]
  const take = (part: Buffer) => {
    size += part.length
    if (dropping) return
    parts.push(part)
    if (size <= most) return
    dropping = true
    parts = []
    tooLong()
  }
  const end = (): Buffer | undefined => {
    const line = dropping ? undefined : Buffer.concat([...parts, Buffer.from('\n')])
    parts = []
    ;[size, dropping] = [0, false]
    return line
  }
  for await (const chunk of input) {
    let rest = Buffer.from(chunk)
    for (let at; (at = rest.indexOf(NEWLINE)) >= 0; rest = rest.subarray(at + 1)) {
      take(rest.subarray(0, at))
      const line = end()
      if (line !== undefined) yield line
    }
    if (rest.length > 0) take(rest)
  }
  const last = size > 0 ? end() : undefined
  if (last !== undefined) yield last
}
