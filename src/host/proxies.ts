import { isLoopback, proxyAddress, type NetworkSettings } from '../core/auth-and-network.ts'
import { usage } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A proxy, and where it was named. */
export interface Proxy {
  /** Without user name and password. */
  url: URL
  /** The value of Proxy-Authorization, where it has a user name. */
  authorization?: Secret
  /** For messages: `proxy of the profile`, `HTTPS_PROXY`. */
  from: string
}

/**
 * The proxy on the way to `target`: that of the profile, else one of the environment, which is for other machines only, and not for those
 * of NO_PROXY.
 * @returns undefined: the way is direct
 * @throws CbcError usage: a variable holds something else
 */
export function proxyFor(target: URL, { proxy, ignoreSystemProxy }: NetworkSettings, env: Environment): Proxy | undefined {
  if (proxy !== undefined) {
    const found = parse(proxy.reveal(), 'proxy of the profile')
    // What is for this machine does not leave it: it may be in the clear.
    return isLoopback(target.hostname) && target.protocol === 'http:' && !isLoopback(found.url.hostname) ? undefined : found
  }
  if (ignoreSystemProxy || isLoopback(target.hostname)) return undefined
  const found = variable(env, target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') ?? variable(env, 'ALL_PROXY')
  if (found === undefined || isExempt(target, variable(env, 'NO_PROXY')?.text ?? '')) return undefined
  return parse(found.text, found.name)
}

/** A variable in either case; the lower one goes first, as with curl. */
function variable(env: Environment, name: string): { name: string; text: string } | undefined {
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
      `${from} names no http or https proxy`,
      'write it as http://host:port, unset it, or set ignore_system_proxy = true in the profile',
    )
  const { username, password } = url
  url.username = url.password = ''
  if (username === '' && password === '') return { url, from }
  return { url, from, authorization: new Secret(`Basic ${Buffer.from(`${plain(username)}:${plain(password)}`).toString('base64')}`) }
}

/** As it was before it was written into a URL. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Whether NO_PROXY leaves a target out. Its entries are separated by commas or blanks: a host, which stands for all below it too, with or
 * without `.` or `*.`
 * before it; a host with a port; or `*` for everything.
 */
export function isExempt(target: URL, noProxy: string): boolean {
  const host = bare(target.hostname)
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some(entry => {
      if (entry === '*') return true
      // Of what has several colons, an IPv6 address, a port is only told with brackets.
      const [, name = '', only] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [undefined, entry]
      const suffix = bare(name.replace(/^\*?\./, ''))
      return suffix !== '' && (only === undefined || only === port) && (host === suffix || host.endsWith(`.${suffix}`))
    })
}

/** A host without the brackets of IPv6 and the dot at the end. */
function bare(host: string): string {
  return host
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase()
}
