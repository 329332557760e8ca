import { CbcError } from '../core/errors.ts'
import { codePageNamed } from '../core/text/code-pages.ts'
import { queryValueIfThere } from './registry.ts'
import type { Work } from './files.ts'
import type { RemoteSession } from './session.ts'

const KEY = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage'
const VALUES = { oem: 'OEMCP', ansi: 'ACP' }

/**
 * The code page in which programs of the endpoint write to a console (`oem`), or in its windows (`ansi`), asked for once a session ("reg query value").
 * @returns undefined where it isn't Windows, can't be asked, or has one that nobody knows
 * @throws CbcError interrupted
 */
export async function codePageOf(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  if (!session.paths.windows || !session.supports('reg query value')) return undefined
  const known = session.codePages.get(which) ?? ask(session, which, work)
  session.codePages.set(which, known)
  return await known.catch((error: unknown) => {
    session.codePages.delete(which)
    throw error
  })
}

async function ask(session: RemoteSession, which: keyof typeof VALUES, work: Work): Promise<number | undefined> {
  try {
    const found = await queryValueIfThere(session, KEY, VALUES[which], work)
    return codePageNamed(String(found?.registry_data ?? ''))
  } catch (error) {
    work.signal.throwIfAborted()
    if (error instanceof CbcError) return undefined
    throw error
  }
}
