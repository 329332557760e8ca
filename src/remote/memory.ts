import type { Command } from '../api/live-response.ts'
import { CbcError } from '../core/errors.ts'
import { parseTime } from '../core/time.ts'
import { statIfThere } from './files.ts'
import type { RemoteSession } from './session.ts'
import type { TransferWork } from './transfer.ts'

/** A dump on the endpoint. */
export interface Dump {
  path: string
  /** Bytes, where the endpoint lists them. */
  size?: number
  /** When it was written, milliseconds since 1970, where the endpoint lists that. */
  modified?: number | undefined
}

/** Where a dump is to be found: a compressed one has `.zip` appended. */
export function dumpPath(wanted: string, compress: boolean): string {
  return compress ? `${wanted}.zip` : wanted
}

/**
 * "memdump", reporting percent.
 * @param wanted absolute path on the endpoint
 * @throws CbcError remote: the sensor could not, or could not write there
 */
export async function dumpMemory(session: RemoteSession, wanted: string, compress: boolean, work: TransferWork): Promise<Dump> {
  const { progress, signal, patience } = work
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
        ...(patience === undefined ? {} : { patience }),
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

/** The file that is there now; some sensors leave the name of a compressed one as it was. */
async function found(session: RemoteSession, wanted: string, compress: boolean, work: TransferWork): Promise<Dump> {
  try {
    for (const path of new Set([dumpPath(wanted, compress), wanted])) {
      const made = await statIfThere(session, path, work)
      if (made !== undefined) return { path, modified: parseTime(made.last_write_time), ...(made.size === null ? {} : { size: made.size }) }
    }
  } catch (error) {
    // A key that may dump memory need not be one that may list files; and the dump is made, whether the service can tell its size now or
    // not.
    if (!(error instanceof CbcError) || !['auth', 'refused', 'network'].includes(error.code)) throw error
  }
  return { path: dumpPath(wanted, compress) }
}
