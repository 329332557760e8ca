import { asCbcError } from '../../core/errors.ts'
import type { Host } from '../../core/host.ts'
import type { Row } from '../../core/result.ts'
import { jsonLine } from '../../ui/json.ts'

/**
 * Runs a local command for a change, which it gets as a line of JSON on its standard input. Its output goes to stderr: stdout carries
 * the changes. A command that fails is told, and does not end the watch.
 * @param line the user's own, unchanged: what an endpoint says never becomes part of a command line
 */
export async function runHook(
  line: string,
  change: Row,
  host: Pick<Host, 'localShell' | 'stderr'>,
  notice: (line: string) => void,
): Promise<void> {
  const failed = (why: string) => notice(`--exec: ${why}`)
  try {
    const code = await host.localShell(line, { input: bytesOf(jsonLine(change)), output: chunk => void host.stderr.write(chunk) })
    if (code !== 0) failed(`the command ended with exit code ${code}`)
  } catch (error) {
    failed(asCbcError(error).message)
  }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
