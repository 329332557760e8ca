import { CbcError } from '../core/errors.ts'
import { SILENT } from '../core/ports.ts'
import { codePageNamed } from '../core/text/code-pages.ts'
import { execute } from './exec.ts'
import type { Work } from './files.ts'
import { queryValueIfThere } from './registry.ts'
import type { RemoteSession } from './session.ts'

const KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage'
const VALUES = { oem: 'OEMCP', ansi: 'ACP' }
/** Milliseconds for a program that prints a line. */
const PROGRAM_TIMEOUT_MS = 30_000

/**
 * The code page in which programs of the endpoint write to a console (`oem`), or in its windows (`ansi`), asked for once a session: "reg
 * query value", and where the registry
 * can't be read, by chcp.com, which tells the console's.
 * @returns undefined where it isn't Windows, can't be asked, or has one that nobody knows
 * @throws CbcError interrupted
 */
export async function codePageOf(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  if (!session.paths.windows) return undefined
  const known = session.codePages.get(which) ?? ask(session, which, work)
  session.codePages.set(which, known)
  return await known.catch((error: unknown) => {
    session.codePages.delete(which)
    throw error
  })
}

async function ask(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  return (
    (await unlessFailed(() => registered(session, which, work), work)) ??
    (which === 'oem' && !session.planning ? await unlessFailed(() => printed(session, work), work) : undefined)
  )
}

async function registered(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  if (!session.supports('reg query value')) return undefined
  const found = await queryValueIfThere(session, KEY, VALUES[which], work)
  return codePageNamed(String(found?.registry_data ?? ''))
}

/** What chcp.com prints, in whatever language: `Aktive Codepage: 850.` */
async function printed(session: RemoteSession, { signal }: Work): Promise<number | undefined> {
  if (!session.supports('create process')) return undefined
  const { return_code: code, output } = await execute(session, 'chcp.com', {}, { signal, progress: SILENT, patience: PROGRAM_TIMEOUT_MS })
  return code === 0 ? codePageNamed(/\d{3,5}/.exec(Buffer.from(output).toString('latin1'))?.[0] ?? '') : undefined
}

async function unlessFailed<T>(find: () => Promise<T | undefined>, { signal }: Work): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CbcError) return undefined
    throw error
  }
}
