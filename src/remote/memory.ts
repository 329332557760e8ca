import type { Command } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import { parseTime } from '../core/time.ts'
import { statIfThere } from './files.ts'
import type { RemoteSession } from './session.ts'
import type { TransferWork } from './transfer.ts'

/** A memory dump on the endpoint. */
export interface Dump {
  path: string
  /** Bytes, if the endpoint lists the size. */
  size?: number
  /** When it was written, in milliseconds since 1970, if the endpoint lists that. */
  modified?: number | undefined
}

/** Returns the path of a dump: a compressed one has `.zip` appended. */
export function dumpPath(wanted: string, compress: boolean): string {
  return compress ? `${wanted}.zip` : wanted
}

/**
 * Dumps the memory into a file on the endpoint ("memdump"), and reports percent.
 * @param wanted absolute path on the endpoint
 * @throws CbcError remote: the sensor could not dump the memory, or not write there
 */
export async function dumpMemory(session: RemoteSession, wanted: string, compress: boolean, work: TransferWork): Promise<Dump> {
  const { progress, signal, timeoutMs } = work
  const label = `the memory of ${session.label}`
  let compressing = false
  progress.step(`Dumping ${label}`, 100, 'percent')
  const show = ({ mem_dump: state }: Command) => {
    if (state?.compressing && state.dumping === false && !compressing) {
      compressing = true
      progress.step(`Compressing ${label}`, 100, 'percent')
    }
    const percent = Number(state?.percentdone)
    if (percent >= 0) progress.at(Math.min(100, percent))
  }
  try {
    const { mem_dump: state } = await session.issue(
      { name: 'memdump', path: wanted, ...(compress ? { compress } : {}) },
      {
        signal,
        what: `memdump ${wanted}`,
        onUpdate: show,
        live: true,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
    )
    const code = Number(state?.return_code ?? 0)
    if (code !== 0)
      throw new CbcError('remote', `memdump ${wanted}: the sensor could not dump the memory, its code is ${code}`, {
        device_id: session.device.id,
      })
  } finally {
    progress.end()
  }
  return session.planning ? { path: dumpPath(wanted, compress) } : await found(session, wanted, compress, work)
}

/** Finds the file that was written; some sensors don't append `.zip` to the name of a compressed dump. */
async function found(session: RemoteSession, wanted: string, compress: boolean, work: TransferWork): Promise<Dump> {
  try {
    for (const path of new Set([dumpPath(wanted, compress), wanted])) {
      const made = await statIfThere(session, path, work)
      if (made !== undefined) return { path, modified: parseTime(made.last_write_time), ...(made.size === null ? {} : { size: made.size }) }
    }
  } catch (error) {
    // A key that may dump memory may not be allowed to list files; and the dump exists whether or not its size can be looked up now.
    if (!(error instanceof CbcError) || !['auth', 'refused', 'network'].includes(error.code)) throw error
  }
  return { path: dumpPath(wanted, compress) }
}
