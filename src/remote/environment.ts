import { CbcError } from '../core/errors.ts'
import { stat, type Work } from './files.ts'
import { isDirectory } from './normalize.ts'
import { enumKey } from './registry.ts'
import type { RemoteSession } from './session.ts'

/** Registry keys from which Windows builds the environment of a program. */
const NT = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion'
const PROGRAMS = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion'
const MACHINE = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
/** The account that the sensor runs as. */
const SYSTEM_SID = 'S-1-5-18'
/** Variables that belong to one account: the user may mean another one's. */
const ACCOUNT_VARIABLES: ReadonlySet<string> = new Set(['userprofile', 'appdata', 'localappdata', 'homepath'])
/** Home directories of the account that the sensor runs as, on Linux and macOS. */
const HOMES = ['/root', '/var/root']
/** How deep variables may be nested in the values of others. */
const MAX_NESTING = 8
/** The most characters of a value that can be part of a path, and of a path. */
const MAX_VALUE_CHARS = 1024
const MAX_PATH_CHARS = 32_767
/** `%NAME%`, or PowerShell's `$env:NAME`. A percent sign before a digit belongs to a URL-encoded name. */
const VARIABLE = /%([a-z_][\w()]*)%|\$env:([a-z_]\w*)/gi
const ENCODED = /^[0-9a-f]{2}$/i

export interface PathWork extends Work {
  /** Shows the user one line. */
  notice?: (line: string) => void
}

/**
 * Expands the endpoint's variables (`%TEMP%`, `$env:TEMP`) and home (`~`) in what a user typed. They are those of the account that the
 * sensor runs as, and are read from the endpoint once per session: on Windows from the registry, by commands that only read.
 * @throws CbcError not_found: there is no such variable, or no home. An unknown variable is never sent to the endpoint as it is
 */
export async function withVariables(session: RemoteSession, typed: string, work: PathWork): Promise<string> {
  const atHome = /^~(?=$|[\\/])/.test(typed)
  if (!session.paths.windows) return atHome ? (await homeOf(session, work)) + typed.slice(1) : typed
  const text = atHome ? `%USERPROFILE%${typed.slice(1)}` : typed
  const names = [...text.matchAll(VARIABLE)].map(nameOf).filter(name => !ENCODED.test(name))
  if (names.length === 0) return typed
  session.variables ??= readVariables(session, work)
  const variables = await session.variables.catch((error: unknown) => {
    session.variables = undefined
    throw error
  })
  for (const name of names) {
    const value = variables.get(name.toLowerCase())
    if (value === undefined) throw unknownVariable(session, name, variables.size === 0)
    if (ACCOUNT_VARIABLES.has(name.toLowerCase()))
      work.notice?.(
        `%${name}% is ${value}, of the account that the sensor runs as; those of users are below ${variables.get('profilesdirectory') ?? 'C:\\Users'}`,
      )
  }
  return expandVariables(text, variables)
}

function nameOf([, percent, powershell]: RegExpMatchArray): string {
  return percent ?? powershell ?? ''
}

function unknownVariable(session: RemoteSession, name: string, nothing: boolean): CbcError {
  const why = nothing ? `the variables of ${session.label} can't be read from its registry` : `${session.label} has no such variable`
  return new CbcError('not_found', `%${name}%: ${why}`, {
    hint: 'write the path itself; ? matches a percent sign in a name',
    device_id: session.device.id,
  })
}

async function homeOf(session: RemoteSession, work: PathWork): Promise<string> {
  for (const home of HOMES) {
    const found = await stat(session, home, work).catch(undefinedIfAbsent)
    if (found !== undefined && isDirectory(found)) return home
  }
  throw new CbcError('not_found', `~: ${session.label} has neither ${HOMES.join(' nor ')}`, {
    hint: 'write the path itself',
    device_id: session.device.id,
  })
}

/** Reads the variables of a Windows endpoint, by their names in lower case. */
async function readVariables(session: RemoteSession, work: Work): Promise<ReadonlyMap<string, string>> {
  const values = (key: string) => textValuesOf(session, key, work)
  const [system, profiles, own, programs, machine] = await Promise.all([
    values(NT),
    values(`${NT}\\ProfileList`),
    values(`${NT}\\ProfileList\\${SYSTEM_SID}`),
    values(PROGRAMS),
    values(MACHINE),
  ])
  const [root, profile, data] = [system.get('systemroot'), own.get('profileimagepath'), profiles.get('programdata')]
  const given: Record<string, string | undefined> = {
    ...Object.fromEntries(machine),
    systemroot: root,
    windir: root,
    systemdrive: root?.slice(0, 2),
    homedrive: root?.slice(0, 2),
    profilesdirectory: profiles.get('profilesdirectory'),
    allusersprofile: data,
    programdata: data,
    public: profiles.get('public'),
    userprofile: profile,
    homepath: profile?.replace(/^([a-z]:|%systemdrive%)/i, ''),
    appdata: profile && `${profile}\\AppData\\Roaming`,
    localappdata: profile && `${profile}\\AppData\\Local`,
    programfiles: programs.get('programfilesdir'),
    programw6432: programs.get('programfilesdir'),
    'programfiles(x86)': programs.get('programfilesdir (x86)'),
    commonprogramfiles: programs.get('commonfilesdir'),
    'commonprogramfiles(x86)': programs.get('commonfilesdir (x86)'),
  }
  const known = new Map(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''))
  return new Map([...known].map(([name, value]) => [name, expandVariables(value, known)]))
}

/** Reads the text values of a key, by their names in lower case; none when it can't be read. */
async function textValuesOf(session: RemoteSession, key: string, work: Work): Promise<ReadonlyMap<string, string>> {
  const found = await enumKey(session, key, work).catch(undefinedIfAbsent)
  return new Map(
    (found?.values ?? []).flatMap(({ registry_name: name, registry_data: data }) =>
      typeof data === 'string' && data.length <= MAX_VALUE_CHARS ? [[name.toLowerCase(), data] as const] : [],
    ),
  )
}

/** Treats what the endpoint refuses, or doesn't have, as unknown. */
function undefinedIfAbsent(error: unknown): undefined {
  if (!(error instanceof CbcError) || !['not_found', 'remote', 'refused'].includes(error.code)) throw error
}

function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  let now = text
  for (let round = 0; round < MAX_NESTING; round++) {
    const next = now.replace(
      VARIABLE,
      (whole, percent?: string, powershell?: string) => variables.get((percent ?? powershell ?? '').toLowerCase()) ?? whole,
    )
    if (next === now || next.length > MAX_PATH_CHARS) break
    now = next
  }
  return now
}
