import { PassThrough } from 'node:stream'
import { asCbcError } from '../core/errors.ts'
import { ClosedPipe, type LocalFiles, type Output } from '../core/ports.ts'

/** An output that is no terminal. */
const PLAIN = { isTerminal: false, color: false, columns: () => 80 }

/** Runs `work` with its output in a local file, which appears whole (`>`), or grows (`>>`). */
export async function toFile<T>(files: LocalFiles, path: string, append: boolean, work: (stdout: Output) => Promise<T>): Promise<T> {
  let target
  try {
    target = append ? await files.append(path) : await files.replace(path)
  } catch (error) {
    throw asCbcError(error)
  }
  try {
    const result = await work({ ...PLAIN, write: data => target.write(typeof data === 'string' ? Buffer.from(data) : data) })
    await target.commit()
    return result
  } catch (error) {
    await target.discard()
    throw error
  }
}

/**
 * Runs `work` with its output as the input of a local command, side by side.
 * @returns what the work gave, and the command's exit code
 */
export async function toCommand<T>(
  run: (input: AsyncIterable<Uint8Array>) => Promise<number>,
  work: (stdout: Output) => Promise<T>,
): Promise<{ result: T | undefined; code: number }> {
  const pipe = new PassThrough()
  // Each write is told that the reader has gone.
  pipe.on('error', () => {})
  const command = run(pipe).finally(() => pipe.destroy())
  // One that fails while the work goes on is told of when the work is over.
  command.catch(() => {})
  const write = (data: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      // The pipe holds it until the command reads it.
      pipe.write(typeof data === 'string' ? data : Buffer.from(data), error => (error == null ? resolve() : reject(new ClosedPipe())))
    })
  let result: T | undefined
  let failure: unknown
  try {
    result = await work({ ...PLAIN, write })
  } catch (error) {
    // A command that has read enough (`head`) ends the work quietly.
    if (!(error instanceof ClosedPipe)) failure = error
  } finally {
    pipe.end()
  }
  const code = await command
  if (failure !== undefined) throw failure
  return { result, code }
}
