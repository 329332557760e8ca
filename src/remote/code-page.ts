import { CbcError } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import { codePageNamed } from '../core/text/code-pages.ts'
import { execute } from './exec.ts'
import type { Work } from './files.ts'
import { queryValueIfThere } from './registry.ts'
import type { RemoteSession } from './session.ts'

const KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage'
const VALUES = { oem: 'OEMCP', ansi: 'ACP' }
/** Milliseconds for a program that prints one line. */
const PROGRAM_TIMEOUT_MS = 30_000

/**
 * Returns the code page that the endpoint uses in consoles (`oem`) or in windows (`ansi`), asked for once per session: from the registry
 * ("reg query value"), or from chcp.com, which prints the console's, when the registry can't be read.
 * @returns undefined when it isn't Windows, can't be asked, or has an unknown code page
 * @throws CbcError interrupted
 */
export async function codePageOf(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  if (!session.paths.windows) return undefined
  const known = session.codePages.get(which) ?? readCodePage(session, which, work)
  session.codePages.set(which, known)
  return await known.catch((error: unknown) => {
    session.codePages.delete(which)
    throw error
  })
}

async function readCodePage(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  return (
    (await undefinedIfFailed(() => fromRegistry(session, which, work), work)) ??
    (which === 'oem' && !session.planning ? await undefinedIfFailed(() => fromProgram(session, work), work) : undefined)
  )
}

async function fromRegistry(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  if (!session.supports('reg query value')) return undefined
  const found = await queryValueIfThere(session, KEY, VALUES[which], work)
  return codePageNamed(String(found?.registry_data ?? ''))
}

/** Reads the code page from what chcp.com prints in any language: `Aktive Codepage: 850.` */
async function fromProgram(session: RemoteSession, { signal }: Work): Promise<number | undefined> {
  if (!session.supports('create process')) return undefined
  const { return_code: code, output } = await execute(session, 'chcp.com', {}, { signal, progress: SILENT, timeoutMs: PROGRAM_TIMEOUT_MS })
  return code === 0 ? codePageNamed(/\d{3,5}/.exec(Buffer.from(output).toString('latin1'))?.[0] ?? '') : undefined
}

async function undefinedIfFailed<T>(find: () => Promise<T | undefined>, { signal }: Work): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CbcError) return undefined
    throw error
  }
}
