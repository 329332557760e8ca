import { ClosedPipe, type Output } from '../core/ports.ts'

/** The assumed size of a terminal that doesn't report one. */
const DEFAULT_SIZE = { columns: 80, rows: 24 }

/**
 * Wraps a stream of this process as an output.
 * @param aside true for output beside the actual result, as on stderr: when it can't be written, the work goes on
 */
export function processOutput(stream: NodeJS.WriteStream, color: boolean, aside = false): Output {
  let closed: Error | undefined
  if (stream.isTTY) {
    ensureSize(stream)
    stream.on('resize', () => ensureSize(stream))
  }
  stream.on('error', error => {
    closed = (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : error
  })
  return {
    isTerminal: stream.isTTY === true,
    color,
    columns: () => stream.columns ?? DEFAULT_SIZE.columns,
    write: data =>
      new Promise((resolve, reject) => {
        const fail = (error: Error) => (aside ? resolve() : reject(error))
        if (closed !== undefined) return fail(closed)
        stream.write(data, error => {
          if (error == null) return resolve()
          closed = (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : error
          fail(closed)
        })
      }),
  }
}

/**
 * Gives a terminal without a size the usual one. Under `expect`, `docker exec -t` and the like it has 0 columns and rows, by which drawing
 * code would divide, so that the spinner would draw lines without end.
 */
function ensureSize(stream: NodeJS.WriteStream): void {
  stream.columns ||= DEFAULT_SIZE.columns
  stream.rows ||= DEFAULT_SIZE.rows
}

/** Whether colours may be used on a stream: NO_COLOR and FORCE_COLOR decide before the terminal does. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, switchedOff: boolean): boolean {
  if (switchedOff || (env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}
