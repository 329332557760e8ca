/** Characters that are encoded together: each line by itself would take several times as long. */
const BLOCK_CHARS = 64 * 1024

/** Yields bytes as they come, and text in larger pieces. */
export async function* blocks(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  let text = ''
  for await (const piece of pieces) {
    const isText = typeof piece === 'string'
    if (isText) text += piece
    if (isText && text.length < BLOCK_CHARS) continue
    if (text !== '') yield Buffer.from(text)
    text = ''
    if (!isText) yield piece
  }
  if (text !== '') yield Buffer.from(text)
}
