import { ClosedPipe, type Output } from '../core/ports.ts'

/** A stream of this process as an output. */
export function processOutput(stream: NodeJS.WriteStream, color: boolean): Output {
  let closed: Error | undefined
  stream.on('error', error => { closed = (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : error })
  return {
    isTerminal: stream.isTTY === true,
    color,
    columns: () => stream.columns ?? 80,
    write: data => new Promise((resolve, reject) => {
      if (closed !== undefined) return reject(closed)
      stream.write(data, error => {
        if (error == null) return resolve()
        closed = (error as NodeJS.ErrnoException).code === 'EPIPE' ? new ClosedPipe() : error
        reject(closed)
      })
    }),
  }
}

/** Whether colours may be used on a stream: NO_COLOR and FORCE_COLOR decide before the terminal does. */
export function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, switchedOff: boolean): boolean {
  if (switchedOff || (env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}
