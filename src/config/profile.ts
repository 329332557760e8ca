import type { Authentication, NetworkSettings } from '../core/auth-and-network.ts'
import { CbcError } from '../core/errors.ts'
import type { Secret } from '../core/secret.ts'
import { readCredentials, type Section } from './credentials.ts'
import { reasonToDistrust } from './trust.ts'
import { booleanOf, printable, proxyOf, queueUrl, releasesUrl, secretOf, serviceUrl, timeoutOf } from './values.ts'

/** No profile is set up, and none was asked for. */
export class NoProfile extends CbcError {}

/** The profile that always exists: the embedded Carbon Black Cloud. */
export const LAB = 'lab'

/** A profile: where requests are sent, with which credentials, and over which network route. */
export interface Profile {
  name: string
  /** Where it was found, for messages: `environment`, a file's path, `built in`. */
  source: string
  /** It was found in the working directory. */
  here?: true
  url: URL
  orgKey: string
  auth: Authentication
  network: NetworkSettings
  /** The time limit of one exchange, milliseconds, where the profile has one (`default_timeout`). */
  timeout?: number
  /** The name that the SDK puts before its own in User-Agent. */
  integration?: string
  /** Acts as `--read-only` (`read_only`, a setting of this program). */
  readOnly: boolean
  /** The list of releases that `cbc update --check` reads (`update_url`, a setting of this program). */
  updateUrl?: URL
  /** The queue server of runs on several machines (`queue`, a setting of this program). */
  queue?: Secret
  /** The directory of its case folder (`case`, a setting of this program). */
  caseFolder?: string
}

/** The program's own profiles. */
export interface OwnProfiles {
  /** The profile to use where none is asked for. */
  current?: string
  sections: readonly Section[]
  /** Where they are stored, for messages. */
  source?: string
  /** Returns the section with the secrets that are stored elsewhere, in a keychain; called only for the profile that is used. */
  complete?: (section: Section) => Promise<Section>
}

export interface ProfileSources {
  env: Readonly<Record<string, string | undefined>>
  own?: () => Promise<OwnProfiles>
  /** `credentials.cbc` files in the order of the SDK's search: later ones win. */
  files: readonly string[]
  /** Those of the working directory: used only for a profile that was named and is found nowhere else. */
  here?: readonly string[]
}

/** The SDK's variables, and what they set ("Credentials that users already have"). */
const REQUIRED = { CBC_URL: 'url', CBC_TOKEN: 'token', CBC_ORG_KEY: 'org_key' } as const
const VARIABLES = { ...REQUIRED, CBC_SSL_VERIFY: 'ssl_verify' } as const
const ENVIRONMENT = 'environment'
/** The Cloud Services Platform, unless a profile names another ("Authentication"). */
const CSP = 'https://console.cloud.vmware.com'

/**
 * Finds the profile to use: by name, else the environment, else the current one of the program's own, else `default` (section 8 of the
 * contract). A name is looked up among the program's own first, then in the SDK's `credentials.cbc`, and last in the working directory, if
 * it was asked for.
 * @param wanted `--profile`, or undefined
 * @returns `lab` for the built-in one
 * @throws CbcError auth: there is none, or it is incomplete; usage: one of its settings is invalid; io: a file can't be read
 */
export async function resolveProfile(
  wanted: string | undefined,
  { env, own, files, here = [] }: ProfileSources,
): Promise<Profile | typeof LAB> {
  const asked = askedFor(wanted, env)
  if (asked !== undefined && same(asked, LAB)) return LAB
  if (asked === undefined && isInEnvironment(env)) return fromEnvironment(env)
  const ours = await own?.()
  const name = asked ?? nonEmpty(ours?.current)
  if (name !== undefined && same(name, LAB)) return LAB
  return (
    (await ownProfile(ours, name ?? 'default')) ??
    (await sdkProfile(files, name ?? 'default')) ??
    (asked === undefined ? undefined : await workingDirectoryProfile(here, asked)) ??
    failWithoutProfile(name)
  )
}

/** Returns the name that was asked for, with `--profile` or `CBC_PROFILE`. */
export function askedFor(wanted: string | undefined, env: ProfileSources['env']): string | undefined {
  return nonEmpty(wanted) ?? nonEmpty(env['CBC_PROFILE'])
}

/** Whether the environment has credentials. */
export function isInEnvironment(env: ProfileSources['env']): boolean {
  return Object.keys(REQUIRED).some(variable => nonEmpty(env[variable]) !== undefined)
}

/** The settings from the environment. */
export function environmentSection(env: ProfileSources['env']): Section {
  return { name: ENVIRONMENT, values: Object.fromEntries(Object.entries(VARIABLES).map(([variable, key]) => [key, env[variable] ?? ''])) }
}

function fromEnvironment(env: ProfileSources['env']): Profile {
  const missing = Object.keys(REQUIRED).filter(variable => nonEmpty(env[variable]) === undefined)
  if (missing.length > 0) {
    throw new CbcError('auth', `no credentials: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`, {
      hint: `set ${Object.keys(REQUIRED).join(', ')} together`,
    })
  }
  return profileOf(environmentSection(env), ENVIRONMENT)
}

async function ownProfile(ours: OwnProfiles | undefined, name: string): Promise<Profile | undefined> {
  const section = ours?.sections.find(one => same(one.name, name))
  return section && profileOf((await ours?.complete?.(section)) ?? section, ours?.source ?? "the program's own profiles")
}

/**
 * Finds a section in the SDK's files. Sections are never merged: a file in the working directory must not send another file's token to its
 * own URL.
 */
async function sdkProfile(files: readonly string[], name: string): Promise<Profile | undefined> {
  for (const file of files.toReversed()) {
    const section = (await readCredentials(file))?.sections.find(one => same(one.name, name))
    if (section !== undefined) return profileOf(section, file)
  }
  return undefined
}

/** @throws CbcError refused: somebody else may have put the file there */
async function workingDirectoryProfile(files: readonly string[], name: string): Promise<Profile | undefined> {
  const found = await sdkProfile(files, name)
  if (found === undefined) return undefined
  const why = await reasonToDistrust(found.source)
  if (why !== undefined)
    throw new CbcError('refused', `profile "${name}" in ${found.source} is not used: ${why}`, {
      hint: 'set it up with cbc config init, or make the file and its folders yours alone',
    })
  return { ...found, here: true }
}

function failWithoutProfile(name: string | undefined): never {
  const hint = `type cbc config init to make one; to try cbc without a tenant, add --profile ${LAB}`
  throw name === undefined
    ? new NoProfile('auth', 'no credentials: no profile is set up', { hint })
    : new CbcError('auth', `there is no profile "${name}"`, { hint })
}

/** Whether two names mean the same profile. */
export function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/**
 * Makes a profile from its settings: those of the SDK, and `read_only`, `update_url`, `queue` and `case`. Unknown settings are ignored.
 * @param source where they were found, for messages
 * @throws CbcError auth: a setting is missing, or a token is malformed; usage: a setting is invalid
 */
export function profileOf({ name, values }: Section, source: string): Profile {
  const setting = (key: string) => nonEmpty(values[key])
  const label = (key: string) => (source === ENVIRONMENT ? `CBC_${key.toUpperCase()}` : `${source}: [${name}] ${key}`)
  const read = <T>(key: string, as: (text: string, what: string) => T): T | undefined => {
    const text = setting(key)
    return text === undefined ? undefined : as(text, label(key))
  }
  const need = (key: string) => {
    const text = setting(key)
    if (text === undefined)
      throw new CbcError('auth', `profile "${name}" in ${source} has no ${key}`, { hint: `add a line ${key} = … to its section` })
    return text
  }
  return {
    name,
    source,
    url: checkUrl(need('url'), name),
    auth: authentication(name, setting, need),
    orgKey: need('org_key'),
    network: network(read, setting),
    readOnly: read('read_only', booleanOf) ?? false,
    ...present({
      timeout: read('default_timeout', timeoutOf),
      integration: read('integration', printable),
      updateUrl: read('update_url', releasesUrl),
      queue: read('queue', queueUrl),
      caseFolder: setting('case'),
    }),
  }
}

/** Returns the first kind of credentials that is set, as the SDK chooses: API key, API token, OAuth app. */
function authentication(name: string, setting: (key: string) => string | undefined, need: (key: string) => string): Authentication {
  const secret = (key: string) => secretOf(need(key), `the ${key} of profile "${name}"`)
  const csp = () => serviceUrl(setting('csp_url_override') ?? CSP, `the csp_url_override of profile "${name}"`)
  if (setting('token') !== undefined) return { kind: 'api-key', token: secret('token') }
  if (setting('csp_api_token') !== undefined) return { kind: 'csp-api-token', token: secret('csp_api_token'), csp: csp() }
  if (setting('csp_oauth_app_id') === undefined && setting('csp_oauth_app_secret') === undefined) need('token')
  return { kind: 'csp-oauth-app', id: secret('csp_oauth_app_id').reveal(), secret: secret('csp_oauth_app_secret'), csp: csp() }
}

function network(
  read: <T>(key: string, as: (text: string, what: string) => T) => T | undefined,
  setting: (key: string) => string | undefined,
): NetworkSettings {
  return {
    verify: read('ssl_verify', booleanOf) ?? true,
    verifyHostname: read('ssl_verify_hostname', booleanOf) ?? true,
    ignoreSystemProxy: read('ignore_system_proxy', booleanOf) ?? false,
    ...present({ proxy: read('proxy', proxyOf), caFile: setting('ssl_cert_file') }),
  }
}

/**
 * Checks the URL of a profile.
 * @param name of the profile, for messages.
 * @throws CbcError usage: it is neither https nor http to this machine
 */
export function checkUrl(text: string, name: string): URL {
  return serviceUrl(text, `the URL of profile "${name}"`)
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? undefined : trimmed
}

/** Returns the fields that are not undefined: an optional field is present or not. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
