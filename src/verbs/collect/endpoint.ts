import { inMemory } from '../../core/bounded.ts'
import { CbcError } from '../../core/errors.ts'
import type { Platform } from '../../artifacts/definition.ts'
import { readPasswd, unixUser, windowsUser, type User, type Variables } from '../../artifacts/variables.ts'
import { withVariables } from '../../remote/environment.ts'
import { contents } from '../../remote/files.ts'
import { isDirectory, isReparsePoint } from '../../remote/normalize.ts'
import { enumKeyIfThere, queryValueIfThere } from '../../remote/registry.ts'
import { fetchBytes } from '../../remote/transfer.ts'
import type { Context } from '../define.ts'

const PROFILES = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'
/** SIDs of people, in a domain or in Entra ID; the others are those of services. */
const PERSON = /^S-1-(?:5-21|12-1)-[\d-]+$/i
/** Says where homes are. */
const PASSWD = '/etc/passwd'
/** The most profiles of an endpoint: a terminal server has hundreds. */
const MAX_USERS = 1000

/** Windows' variables by the names that artifacts have for them, and what they are where the endpoint doesn't say. */
const WINDOWS: Record<string, [variable: string, otherwise: string]> = {
  environ_systemdrive: ['SystemDrive', 'C:'],
  environ_systemroot: ['SystemRoot', 'C:\\Windows'],
  environ_windir: ['windir', 'C:\\Windows'],
  environ_programfiles: ['ProgramFiles', 'C:\\Program Files'],
  environ_programfilesx86: ['ProgramFiles(x86)', 'C:\\Program Files (x86)'],
  environ_programdata: ['ProgramData', 'C:\\ProgramData'],
  environ_allusersprofile: ['ALLUSERSPROFILE', 'C:\\ProgramData'],
  environ_allusersappdata: ['ProgramData', 'C:\\ProgramData'],
}

/** The system of an endpoint. A Mac is told from Linux by the inventory. */
export async function platformOf({ session, describe }: Pick<Context, 'session' | 'describe'>): Promise<Platform> {
  if (session.paths.windows) return 'Windows'
  const { os } = await describe()
  return typeof os === 'string' && /^mac/i.test(os) ? 'Darwin' : 'Linux'
}

/**
 * Finds out what variables stand for on an endpoint. Where the endpoint doesn't say, it is as usual.
 * @param users also find out who has a profile there, which takes some commands for each of them
 */
export async function variablesOf(context: Context, platform: Platform, users: boolean): Promise<Variables> {
  if (platform !== 'Windows') return { system: new Map(), users: users ? await unixUsers(context) : [] }
  const [system, people] = await Promise.all([windowsVariables(context), users ? windowsUsers(context) : []])
  return { system, users: people }
}

async function windowsVariables({ session, signal }: Context): Promise<ReadonlyMap<string, string>> {
  const entries = Object.entries(WINDOWS).map(async ([name, [variable, otherwise]]) => {
    const value = await withVariables(session, `%${variable}%`, { signal }).catch(unknownIfAbsent)
    return [name, value !== undefined && /^[a-z]:/i.test(value) ? value : otherwise] as const
  })
  return new Map(await Promise.all(entries))
}

/** The users whose profiles the registry lists; where it can't be read, those with a folder where profiles usually are. */
async function windowsUsers(context: Context): Promise<User[]> {
  const { session, signal } = context
  const list = await enumKeyIfThere(session, PROFILES, { signal }).catch(unknownIfAbsent)
  const sids = (list?.sub_keys ?? []).filter(sid => PERSON.test(sid)).slice(0, MAX_USERS)
  const users = await Promise.all(
    sids.map(async sid => {
      const value = await queryValueIfThere(session, `${PROFILES}\\${sid}`, 'ProfileImagePath', { signal }).catch(unknownIfAbsent)
      const path = typeof value?.registry_data === 'string' ? value.registry_data : ''
      const profile = await withVariables(session, path, { signal }).catch(unknownIfAbsent)
      return profile !== undefined && /^[a-z]:\\[^*?]+$/i.test(profile) ? windowsUser(profile, sid) : undefined
    }),
  )
  const found = users.filter(user => user !== undefined)
  return found.length > 0 ? found : (await folders(context, 'C:\\Users')).map(path => windowsUser(path))
}

/** The users of /etc/passwd, and those with a folder where homes usually are: accounts of a directory are in no file. */
async function unixUsers(context: Context): Promise<User[]> {
  const { session, signal, progress, notice } = context
  let passwd: Buffer | undefined
  if (session.planning) {
    session.plan({ name: 'get file', path: PASSWD })
    notice(`${PASSWD} is not fetched in a dry run: it may name users whose homes are elsewhere than in /home`)
  } else passwd = await inMemory(fetchBytes(session, PASSWD, {}, { signal, progress })).catch(unknownIfAbsent)
  const homes = await Promise.all(['/home', '/Users'].map(path => folders(context, path)))
  const users = [...readPasswd(passwd?.toString('utf8') ?? ''), unixUser('/root'), ...homes.flat().map(home => unixUser(home))]
  const byHome = new Map<string, User>()
  for (const user of users) if (!byHome.has(user['homedir'] ?? '')) byHome.set(user['homedir'] ?? '', user)
  return [...byHome.values()].slice(0, MAX_USERS)
}

async function folders({ session, signal }: Context, path: string): Promise<string[]> {
  const found = await contents(session, path, { signal }).catch(unknownIfAbsent)
  return (found?.entries ?? [])
    .filter(entry => entry.error === undefined && isDirectory(entry) && !isReparsePoint(entry))
    .map(entry => entry.path)
}

/** Treats what the endpoint refuses, or doesn't have, as unknown. */
function unknownIfAbsent(error: unknown): undefined {
  if (!(error instanceof CbcError) || !['not_found', 'remote', 'refused'].includes(error.code)) throw error
}
