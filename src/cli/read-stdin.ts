import type { Host } from '../core/host.ts'

type Needs = Pick<Host, 'stdin' | 'interrupt'>

/** What comes in on stdin, until Ctrl-C. */
export async function* stdinBytes({ stdin: { stream }, interrupt }: Needs): AsyncGenerator<Uint8Array> {
  const { addAbortSignal, Readable } = await import('node:stream')
  // The stream itself has to end: the wait for it is what the program would go on for.
  if (stream instanceof Readable) addAbortSignal(interrupt, stream)
  for await (const chunk of stream) yield Buffer.from(chunk)
}

/** The same, whole, as text in any form that `decodeText` knows. @throws CbcError usage: it is no text */
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
