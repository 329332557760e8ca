import type { FileHandle } from 'node:fs/promises'

const NEWLINE = 0x0a

/**
 * Reads the lines of an open file from byte `from` on, in constant memory.
 * @returns each line without its line break, where the next one begins, and whether its line break is there
 */
export async function* linesOf(file: FileHandle, from = 0): AsyncGenerator<{ bytes: Buffer; end: number; complete: boolean }> {
  let rest: Buffer[] = []
  let end = from
  for await (const chunk of file.createReadStream({ start: from, autoClose: false }) as AsyncIterable<Buffer>) {
    let start = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      const bytes = Buffer.concat([...rest, chunk.subarray(start, at)])
      rest = []
      start = at + 1
      end += bytes.length + 1
      yield { bytes, end, complete: true }
    }
    if (start < chunk.length) rest.push(chunk.subarray(start))
  }
  const bytes = Buffer.concat(rest)
  if (bytes.length > 0) yield { bytes, end: end + bytes.length, complete: false }
}
