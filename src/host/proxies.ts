import { isLoopback, proxyAddress, type NetworkSettings } from '../core/auth-and-network.ts'
import { usage } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A proxy, and where it was named. */
export interface Proxy {
  /** Without user name and password. */
  url: URL
  /** The value of Proxy-Authorization, if it has a user name. */
  authorization?: Secret
  /** The setting that names it, for messages: `proxy of the profile`, `HTTPS_PROXY`. */
  from: string
}

/**
 * Returns the proxy on the way to `target`: the profile's, or one from the environment, which is never used for this machine and for hosts
 * in NO_PROXY.
 * @returns undefined for a direct connection
 * @throws CbcError usage: a setting doesn't hold the URL of a proxy
 */
export function proxyFor(target: URL, { proxy, ignoreSystemProxy }: NetworkSettings, env: Environment): Proxy | undefined {
  if (proxy !== undefined) {
    const found = parse(proxy.reveal(), 'proxy of the profile')
    // A request to this machine must not leave it, because it may be in the clear.
    return isLoopback(target.hostname) && target.protocol === 'http:' && !isLoopback(found.url.hostname) ? undefined : found
  }
  if (ignoreSystemProxy || isLoopback(target.hostname)) return undefined
  const found = readVariable(env, target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? readVariable(env, 'ALL_PROXY')
  if (found === undefined || isExempt(target, readVariable(env, 'NO_PROXY')?.text ?? '')) return undefined
  return parse(found.text, found.name)
}

/** Reads a variable in either case; lower case takes precedence, as with curl. */
function readVariable(env: Environment, name: string): { name: string; text: string } | undefined {
  for (const spelling of [name.toLowerCase(), name]) {
    const text = env[spelling]?.trim() ?? ''
    if (text !== '') return { name: spelling, text }
  }
  return undefined
}

function parse(text: string, from: string): Proxy {
  const url = proxyAddress(text)
  if (url === undefined)
    throw usage(
      `${from} is not the URL of an http or https proxy`,
      'write it as http://host:port, unset it, or set ignore_system_proxy = true in the profile',
    )
  const { username, password } = url
  url.username = url.password = ''
  if (username === '' && password === '') return { url, from }
  return { url, from, authorization: new Secret(`Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`) }
}

/** Decodes URL-encoded text; malformed text stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Whether NO_PROXY exempts a target. Its entries are separated by commas or blanks: a host, which includes its subdomains, with or without
 * a leading `.` or `*.`; a host with a port; or `*` for everything.
 */
export function isExempt(target: URL, noProxy: string): boolean {
  const host = bareHost(target.hostname)
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some(entry => {
      if (entry === '*') return true
      // In an IPv6 address, which has several colons, a port can only be recognized after brackets.
      const [, name = '', only] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [undefined, entry]
      const suffix = bareHost(name.replace(/^\*?\./, ''))
      return suffix !== '' && (only === undefined || only === port) && (host === suffix || host.endsWith(`.${suffix}`))
    })
}

/** Returns a host in lower case, without IPv6 brackets and trailing dot. */
function bareHost(host: string): string {
  return host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()
}
