import { CbcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import type { Row } from '../../core/result.ts'
import { stat } from '../../remote/files.ts'
import { fileName, isProgram, mayBeShortFor, programName } from '../../remote/process-names.ts'
import { isPid, noProcess } from '../../remote/processes.ts'
import type { RemoteSession } from '../../remote/session.ts'

/** For how many processes with short names the long names are looked up. */
const MAX_LONG_NAME_LOOKUPS = 20

/** Whether a typed text is a pid. */
export function isPidText(text: string): boolean {
  return /^\d{1,10}$/.test(text) && isPid(Number(text))
}

/**
 * Returns the processes of a list that match a pid or a program name.
 * @param verb the calling verb, for the message
 * @throws CbcError not_found, with similar names as a hint
 */
export async function findProcesses(
  session: RemoteSession,
  all: readonly Row[],
  text: string,
  verb: string,
  signal: AbortSignal,
): Promise<Row[]> {
  const { windows } = session.paths
  const found = isPidText(text) ? all.filter(row => row['process_pid'] === Number(text)) : all.filter(row => isProgram(row, text, windows))
  if (found.length > 0) return found
  const long = windows && !isPidText(text) ? await byLongName(session, all, text, signal) : []
  if (long.length > 0) return long
  const near = isPidText(text)
    ? []
    : nearest(
        text,
        all.map(row => programName(row, windows)).filter(name => name !== ''),
      )
  const error = noProcess(session, text, verb)
  throw near.length === 0 ? error : error.with(error.message, { hint: `give the whole file name: did you mean ${near.join(' or ')}?` })
}

/** Finds processes that are listed under a short (8.3) name by the real names of their files. */
async function byLongName(session: RemoteSession, all: readonly Row[], text: string, signal: AbortSignal): Promise<Row[]> {
  const found: Row[] = []
  for (const row of all.filter(one => mayBeShortFor(one, text)).slice(0, MAX_LONG_NAME_LOOKUPS)) {
    try {
      const { filename } = await stat(session, String(row['process_path']), { signal })
      if (filename.toLowerCase() === fileName(text, true).toLowerCase()) found.push(row)
    } catch (error) {
      if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    }
  }
  return found
}
