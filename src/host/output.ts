import { ClosedPipe, type Output } from '../core/ports.ts'

/** What a terminal is taken for that doesn't say how large it is. */
const USUAL = { columns: 80, rows: 24 }

/**
 * A stream of this process as an output.
 * @param aside what goes there stands beside the work, as on stderr: where it can't be written the work goes on without it
 */
export function processOutput(stream: NodeJS.WriteStream, color: boolean, aside = false): Output {
  let closed: Error | undefined
  if (stream.isTTY) {
    sized(stream)
    stream.on('resize', () => sized(stream))
  }
  stream.on('error', error => {
    closed = (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : error
  })
  return {
    isTerminal: stream.isTTY === true,
    color,
    columns: () => stream.columns ?? USUAL.columns,
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
 * Under `expect`, `docker exec -t` and the like a terminal has no columns and no rows; who draws divides by them, and the spinner's lines
 * would have no end.
 */
function sized(stream: NodeJS.WriteStream): void {
  stream.columns ||= USUAL.columns
  stream.rows ||= USUAL.rows
}

/** Whether colours may be used on a stream: NO_COLOR and FORCE_COLOR decide before the terminal does. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, switchedOff: boolean): boolean {
  if (switchedOff || (env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}
