import { CbcError, usage } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { readCredentials, type CredentialsFile, type Section } from './credentials.ts'

/** The profile that always exists: the embedded Carbon Black Cloud. */
export const LAB = 'lab'

/** Where to send requests, and as whom. */
export interface Profile {
  name: string
  /** Where it was found, for messages: `environment`, a file's path, `built in`. */
  source: string
  url: URL
  orgKey: string
  token: Secret
}

export interface ProfileSources {
  env: Readonly<Record<string, string | undefined>>
  /** `credentials.cbc` files in the order of the SDK's search: later ones win. */
  files: readonly string[]
}

const VARIABLES = ['CBC_URL', 'CBC_TOKEN', 'CBC_ORG_KEY'] as const

/**
 * The profile to use: by name, else the environment, else the `default` section of the SDK's `credentials.cbc` (section 8 of the contract).
 * @param wanted `--profile`, or undefined
 * @returns `lab` for the built-in one
 * @throws CbcError auth: none, or an incomplete one; usage: its URL is no good; io: a file can't be read
 */
export async function resolveProfile(wanted: string | undefined, { env, files }: ProfileSources): Promise<Profile | typeof LAB> {
  const name = wanted ?? nonEmpty(env['CBC_PROFILE'])
  if (name?.toLowerCase() === LAB) return LAB
  if (name === undefined && VARIABLES.some(variable => nonEmpty(env[variable]) !== undefined)) return fromEnvironment(env)
  const section = await findSection(files, name ?? 'default')
  if (section !== undefined) return fromSection(section)
  if (name !== undefined) {
    throw new CbcError('auth', `there is no profile "${name}"`, { hint: `add a section [${name}] to ~/.carbonblack/credentials.cbc, or use --profile ${LAB}` })
  }
  throw new CbcError('auth', 'no credentials: no profile is set up', {
    hint: `set CBC_URL, CBC_ORG_KEY and CBC_TOKEN, or write ~/.carbonblack/credentials.cbc; to try cbc without a tenant add --profile ${LAB}`,
  })
}

function fromEnvironment(env: ProfileSources['env']): Profile {
  const missing = VARIABLES.filter(variable => nonEmpty(env[variable]) === undefined)
  if (missing.length > 0) throw new CbcError('auth', `no credentials: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`, { hint: `set ${VARIABLES.join(', ')} together` })
  return make('environment', 'environment', env['CBC_URL'] ?? '', env['CBC_ORG_KEY'] ?? '', env['CBC_TOKEN'] ?? '')
}

async function findSection(files: readonly string[], name: string): Promise<(Section & { file: string }) | undefined> {
  let found: (Section & { file: string }) | undefined
  for (const file of files) {
    const credentials: CredentialsFile | undefined = await readCredentials(file)
    const section = credentials?.sections.find(one => one.name.toLowerCase() === name.toLowerCase())
    if (section !== undefined) found = { ...section, file }
  }
  return found
}

function fromSection({ name, values, file }: Section & { file: string }): Profile {
  const take = (key: string) => {
    const text = nonEmpty(values[key])
    if (text === undefined) throw new CbcError('auth', `profile "${name}" in ${file} has no ${key}`, { hint: `add a line ${key} = … to its section` })
    return text
  }
  return make(name, file, take('url'), take('org_key'), take('token'))
}

function make(name: string, source: string, url: string, orgKey: string, token: string): Profile {
  if (/[^ -~]/.test(token.trim())) {
    throw new CbcError('auth', `the token of profile "${name}" holds a line break or another character that no token has`, { hint: 'copy it anew: <API secret key>/<API ID>' })
  }
  return { name, source, url: checkUrl(url, name), orgKey: orgKey.trim(), token: new Secret(token.trim()) }
}

/**
 * https, or http to this machine only: credentials never travel in the clear. What is no URL is not shown: it may be a token in the wrong place.
 * @param name of the profile, for messages
 * @throws CbcError usage
 */
export function checkUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw usage(`the URL of profile "${name}" is none`, 'write it as https://defense-xxx.conferdeploy.net')
  if (url.username !== '' || url.password !== '') throw usage(`the URL of profile "${name}" holds a user name or password`, 'the token goes in its own setting')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw usage(`the URL of profile "${name}": http is only for this machine`, 'use https')
  return url
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host) || host === '[::1]'
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
