import { CbcError } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import { commandLine } from './command-line.ts'
import { execute } from './exec.ts'
import type { Work } from './files.ts'
import type { RemoteSession } from './session.ts'

/** Milliseconds for a program to start and, per byte, to read: 20 MB/s. */
const START_TIMEOUT_MS = 60_000
const MS_PER_BYTE = 1 / 20_000
/** The size in bytes assumed for a file whose size isn't known: the memory of a large server. */
const ASSUMED_FILE_BYTES = 64 * 1024 ** 3

/**
 * Returns a file's SHA-256 as the endpoint's own programs compute it ("create process"), to compare with the bytes that were fetched.
 * @param size bytes, which decide how long it may take; undefined when not known
 * @returns hexadecimal, lower case; undefined when programs can't be run, or print something unexpected
 * @throws CbcError interrupted
 */
export async function remoteSha256(
  session: RemoteSession,
  path: string,
  size: number | undefined,
  work: Work,
): Promise<string | undefined> {
  const { windows } = session.paths
  const words = windows ? ['certutil.exe', '-hashfile', path, 'SHA256'] : ['sha256sum', path]
  try {
    const { return_code: code, output } = await execute(
      session,
      commandLine(words, windows),
      {},
      { ...work, progress: SILENT, timeoutMs: START_TIMEOUT_MS + (size ?? ASSUMED_FILE_BYTES) * MS_PER_BYTE },
    )
    return code === 0 ? readHash(Buffer.from(output).toString()) : undefined
  } catch (error) {
    work.signal.throwIfAborted()
    if (error instanceof CbcError) return undefined
    throw error
  }
}

/**
 * Finds the first line that begins with 64 hexadecimal digits. Old versions of certutil put blanks between the bytes, and sha256sum a
 * backslash before an escaped name.
 */
export function readHash(text: string): string | undefined {
  return /^\\?((?:[0-9a-f]{2} ?){31}[0-9a-f]{2})(?:\s|$)/im.exec(text)?.[1]?.replaceAll(' ', '').toLowerCase()
}
