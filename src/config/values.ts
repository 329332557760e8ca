import { isLoopback, proxyAddress } from '../core/auth-and-network.ts'
import { CbcError, usage } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'

/** The spellings of booleans, as in Python's configparser. */
const BOOLEANS: Readonly<Record<string, boolean>> = {
  0: false,
  no: false,
  off: false,
  false: false,
  1: true,
  yes: true,
  on: true,
  true: true,
}

/** The longest `default_timeout` that the SDK honours, milliseconds. */
const MAX_TIMEOUT_MS = 300_000

/**
 * Reads a boolean.
 * @param what the setting, for messages: `/home/me/…/credentials.cbc: [default] ssl_verify`
 * @throws CbcError usage
 */
export function booleanOf(text: string, what: string): boolean {
  const value = Object.hasOwn(BOOLEANS, text.toLowerCase()) ? BOOLEANS[text.toLowerCase()] : undefined
  if (value === undefined) throw usage(`${what} is neither true nor false`, 'write true or false')
  return value
}

/** Reads `default_timeout`: milliseconds, as in the SDK. @throws CbcError usage */
export function timeoutOf(text: string, what: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0
  if (value === 0) throw usage(`${what} is not a number of milliseconds`, `write one from 1 to ${MAX_TIMEOUT_MS}`)
  return Math.min(value, MAX_TIMEOUT_MS)
}

/**
 * Reads a proxy, with or without a leading `http://`. An invalid one is not shown, because it may hold a password.
 * @throws CbcError usage
 */
export function proxyOf(text: string, what: string): Secret {
  const url = proxyAddress(text)
  if (url === undefined) throw usage(`${what} is not the URL of a proxy`, 'write it as http://host:port or http://user:password@host:port')
  return new Secret(url.href)
}

/**
 * Reads the URL of a queue server, with or without a user and a password. An invalid one is not shown, because it may hold a password.
 * @throws CbcError usage
 */
export function queueUrl(text: string, what: string): Secret {
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (!/^(postgres(ql)?|rediss?):$/.test(protocol))
    throw usage(
      `${what} is not the URL of a queue server`,
      'write postgres://user:password@host/database or rediss://:password@host; in a password @, / and % are %40, %2F and %25',
    )
  return new Secret(text)
}

/** Reads a token or another secret for a header. @throws CbcError auth: no token looks like this */
export function secretOf(text: string, what: string): Secret {
  if (/[^!-~]/.test(text))
    throw new CbcError('auth', `${what} holds a line break, a blank or another character that is never part of one`, {
      hint: 'copy it again, without quotes; an API key is <API secret key>/<API ID>',
    })
  return new Secret(text)
}

/** Checks text for a header. @throws CbcError usage */
export function printable(text: string, what: string): string {
  if (/[^ -~]/.test(text)) throw usage(`${what} holds a character that can't be sent`, 'use plain letters, digits and signs')
  return text
}

/**
 * Reads a service's URL: https, or http to this machine only, because credentials must never travel unencrypted. An invalid URL is not
 * shown, because it may be a token in the wrong place.
 * @param what `the URL of profile "x"`
 * @throws CbcError usage
 */
export function serviceUrl(text: string, what: string): URL {
  return encryptedUrl(text, what, 'https://defense-xxx.conferdeploy.net', 'the token has its own setting')
}

/** Reads the URL of a list of releases, by the same rules: what is read there decides what somebody installs. @throws CbcError usage */
export function releasesUrl(text: string, what: string): URL {
  return encryptedUrl(text, what, 'https://releases.example.com/cbc.json', 'the list is read without credentials')
}

function encryptedUrl(text: string, what: string, example: string, aboutPasswords: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw usage(`${what} is not an https address`, `write it as ${example}`)
  if (url.username !== '' || url.password !== '') throw usage(`${what} holds a user name or password`, aboutPasswords)
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw usage(`${what}: http is only for this machine`, 'use https')
  return url
}
