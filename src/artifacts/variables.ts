import { cannotPlan } from './pattern.ts'

/** An account of an endpoint: its variables without `users.`, such as `homedir`, `username` and `sid`. */
export type User = Readonly<Record<string, string | undefined>>

/** What variables stand for on an endpoint. */
export interface Variables {
  /** By name in lower case: `environ_systemroot`. */
  system: ReadonlyMap<string, string>
  users: readonly User[]
}

/** Variables of ForensicArtifacts. */
const VARIABLE = /%%([\w.]+)%%/g
/** The most places that one path may stand for. */
const MAX_PLACES = 1000

/**
 * Returns the texts that one with variables stands for: one for each user where it has a variable of users, and none where no user has it.
 * @throws CbcError usage: there is no such variable
 */
export function expand(text: string, { system, users }: Variables): string[] {
  const names = [...text.matchAll(VARIABLE)].map(([, name = '']) => name.toLowerCase())
  const unknown = names.find(name => !(name.startsWith('users.') ? USER_VARIABLES.has(name.slice(6)) : system.has(name)))
  if (unknown !== undefined) throw cannotPlan(`the variable %%${unknown}%% is not known`)
  if (!names.some(name => name.startsWith('users.'))) return [replaced(text, system, {})]
  const found = users
    .filter(user => names.every(name => !name.startsWith('users.') || user[name.slice(6)] !== undefined))
    .map(user => replaced(text, system, user))
  return [...new Set(found)].slice(0, MAX_PLACES)
}

function replaced(text: string, system: Variables['system'], user: User): string {
  return text.replace(VARIABLE, (_, name: string) => {
    const key = name.toLowerCase()
    return (key.startsWith('users.') ? user[key.slice(6)] : system.get(key)) ?? ''
  })
}

/** What is known of users. */
const USER_VARIABLES: ReadonlySet<string> = new Set([
  'homedir',
  'userprofile',
  'appdata',
  'localappdata',
  'localappdata_low',
  'temp',
  'username',
  'sid',
])

/** The folders that Windows gives a user, below the profile. */
export function windowsUser(profile: string, sid?: string): User {
  return {
    homedir: profile,
    userprofile: profile,
    appdata: `${profile}\\AppData\\Roaming`,
    localappdata: `${profile}\\AppData\\Local`,
    localappdata_low: `${profile}\\AppData\\LocalLow`,
    temp: `${profile}\\AppData\\Local\\Temp`,
    username: profile.slice(profile.lastIndexOf('\\') + 1),
    sid,
  }
}

/** A user of Linux or macOS. */
export function unixUser(home: string, username = home.slice(home.lastIndexOf('/') + 1)): User {
  return { homedir: home, username, temp: '/tmp' }
}

/**
 * Reads /etc/passwd: people and root, with their homes. Accounts of services have no home of their own.
 * @param text hostile: a line that isn't one is left out
 */
export function readPasswd(text: string): User[] {
  return text.split('\n').flatMap(line => {
    const [username = '', , uid = '', , , home = ''] = line.split(':')
    const id = Number(uid)
    const isPerson = uid !== '' && (id === 0 || (id >= 500 && id < 65_000))
    return isPerson && /^\/[^\0]+$/.test(home) && home !== '/nonexistent' && !home.split('/').includes('..')
      ? [unixUser(home, username)]
      : []
  })
}
