import { resolve } from 'node:path'
import { usage } from '../core/errors.ts'
import type { LocalFiles } from '../core/ports.ts'
import { booleanOf, printable, proxyOf, queueUrl, releasesUrl, secretOf, serviceUrl, timeoutOf } from './values.ts'

/** A setting of a profile: from the SDK's `credentials.cbc`, or this program's own. */
export interface Setting {
  /** A short description. */
  summary: string
  /** It is never shown, and never taken from a command line. */
  secret?: true
  /** Every profile must have it. */
  needed?: true
  /**
   * Checks the text and returns it in the form that is stored.
   * @param what the setting, for messages
   * @throws CbcError usage, auth: it is invalid; io: the file that it names can't be read
   */
  check(text: string, what: string, local: LocalFiles): string | Promise<string>
}

const boolean = (text: string, what: string) => String(booleanOf(text, what))

/** All settings of a profile. */
export const SETTINGS = {
  url: { summary: 'the service, such as https://defense-xxx.conferdeploy.net', needed: true, check: (text, what) => addressOf(text, what) },
  org_key: { summary: 'the organization: Settings > API Access in the console', needed: true, check: orgKeyOf },
  token: { summary: 'an API key: <API secret key>/<API ID>', secret: true, check: tokenOf },
  csp_api_token: {
    summary: 'an API token of the Cloud Services Platform (UK, GovCloud)',
    secret: true,
    check: (text, what) => secretOf(text, what).reveal(),
  },
  csp_oauth_app_id: { summary: 'an OAuth app of the Cloud Services Platform', check: (text, what) => secretOf(text, what).reveal() },
  csp_oauth_app_secret: { summary: 'the secret of that app', secret: true, check: (text, what) => secretOf(text, what).reveal() },
  csp_url_override: { summary: 'the Cloud Services Platform, where it is not https://console.cloud.vmware.com', check: addressOf },
  proxy: { summary: 'a proxy: http://host:port or http://user:password@host:port', check: proxyAddress },
  ignore_system_proxy: { summary: 'ignore HTTPS_PROXY and similar variables', check: boolean },
  ssl_cert_file: { summary: 'the certificates of the authorities to trust, a PEM file', check: certificates },
  ssl_verify: { summary: 'false: accept any certificate', check: boolean },
  ssl_verify_hostname: { summary: 'false: accept a certificate for another name', check: boolean },
  default_timeout: { summary: 'how long one exchange may take, milliseconds', check: (text, what) => String(timeoutOf(text, what)) },
  integration: { summary: 'a name in front of the User-Agent', check: printable },
  read_only: { summary: 'refuse everything that changes an endpoint or the organization', check: boolean },
  update_url: { summary: 'the list of releases that cbc update --check reads', check: (text, what) => releasesUrl(text, what).href },
  queue: {
    summary: 'a queue server for runs on several machines: postgres://… or redis(s)://…',
    secret: true,
    check: (text, what) => queueUrl(text, what).reveal(),
  },
  case: { summary: 'the folder of the case in which everything is recorded, as with --case', check: text => resolve(text) },
} satisfies Record<string, Setting>

export type SettingKey = keyof typeof SETTINGS

/** @throws CbcError usage: there is no such setting */
export function settingOf(key: string): { key: SettingKey } & Setting {
  const name = key.toLowerCase().replaceAll('-', '_')
  if (Object.hasOwn(SETTINGS, name)) return { key: name as SettingKey, ...SETTINGS[name as SettingKey] }
  throw usage(`there is no setting "${key}"`, `choose from ${Object.keys(SETTINGS).join(', ')}`)
}

/** Whether a setting's text must be protected like a password. */
export function isSecret(key: string, text: string): boolean {
  if (key === 'proxy') return text.includes('@')
  return Object.hasOwn(SETTINGS, key) && 'secret' in SETTINGS[key as SettingKey]
}

/** Whether a setting's text may be shown. An address should have no password in it; one that has must not be shown. */
export function mayBeShown(key: string, text: string): boolean {
  return !isSecret(key, text) && !(['url', 'csp_url_override', 'update_url'].includes(key) && text.includes('@'))
}

/** The kinds of credentials, each with its settings; a profile has one of them (`profileOf` in profile.ts). */
export const CREDENTIALS = {
  'api-key': ['token'],
  'csp-api-token': ['csp_api_token'],
  'csp-oauth-app': ['csp_oauth_app_id', 'csp_oauth_app_secret'],
} as const satisfies Record<string, readonly SettingKey[]>

export type CredentialKind = keyof typeof CREDENTIALS

/** Returns the settings of the other kinds of credentials. If they stayed, a profile would not use the kind that was set last. */
export function otherCredentialSettings(key: SettingKey): SettingKey[] {
  const ways: readonly SettingKey[][] = Object.values(CREDENTIALS).map(keys => [...keys])
  return ways.some(keys => keys.includes(key)) ? ways.filter(keys => !keys.includes(key)).flat() : []
}

/** Checks a name for a profile. @throws CbcError usage: it is invalid */
export function profileName(text: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(text))
    throw usage(`"${text}" is not a valid profile name`, 'use up to 64 letters, digits, -, _ and .')
  if (/^(lab|environment)$/i.test(text) || Object.hasOwn(SETTINGS, text.toLowerCase()))
    throw usage(`a profile can't be called "${text}"`, 'the name is reserved: choose another')
  return text
}

/** Reads a service's address; a bare host becomes an https one. */
function addressOf(text: string, what: string): string {
  const whole = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?\/?$/i.test(text) ? `https://${text}` : text
  return serviceUrl(whole, what).href.replace(/\/$/, '')
}

function orgKeyOf(text: string, what: string): string {
  if (/^[\w-]{1,64}$/.test(text)) return text
  throw usage(`${what} is not an org key`, 'it is letters and digits, such as ABCD1234: Settings > API Access in the console shows it')
}

function tokenOf(text: string, what: string): string {
  if (!/^[^/]+\/[^/]+$/.test(text)) throw usage(`${what} is not an API key`, 'it is <API secret key>/<API ID>')
  return secretOf(text, what).reveal()
}

function proxyAddress(text: string, what: string): string {
  return proxyOf(text, what).reveal()
}

async function certificates(text: string, what: string, local: LocalFiles): Promise<string> {
  if (!(await local.text(text)).includes('-----BEGIN CERTIFICATE-----'))
    throw usage(`${what}: ${text} holds no certificate`, 'it takes a PEM file: -----BEGIN CERTIFICATE-----')
  return resolve(text)
}
