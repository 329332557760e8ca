import type { Host } from '../core/host.ts'

type Needs = Pick<Host, 'stdin' | 'interrupt'>

/** Reads stdin until it ends or Ctrl-C is pressed. */
export async function* stdinBytes({ stdin: { stream }, interrupt }: Needs): AsyncGenerator<Uint8Array> {
  const { addAbortSignal, Readable } = await import('node:stream')
  // Destroy the stream itself: while a read is pending, the process would not exit.
  if (stream instanceof Readable) addAbortSignal(interrupt, stream)
  for await (const chunk of stream) yield Buffer.from(chunk)
}

/** Reads all of stdin as text in any encoding that `decodeText` knows. @throws CbcError usage: it is not text */
export async function readStdin(host: Needs): Promise<string> {
  const [{ decodeText }, { orUsage }] = await Promise.all([import('../core/text/decode.ts'), import('../core/text/malformed.ts')])
  let text = ''
  try {
    for await (const piece of decodeText(stdinBytes(host))) text += piece
  } catch (error) {
    throw orUsage(error, 'standard input')
  }
  return text
}
