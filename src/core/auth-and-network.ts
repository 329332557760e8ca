import type { Secret } from './secret.ts'

/** Who calls, and how that is proved ("Authentication"). */
export type Authentication =
  /** Header X-Auth-Token: `<API secret key>/<API ID>`. */
  | { kind: 'api-key'; token: Secret }
  /** An API token of the Cloud Services Platform, exchanged at `csp` for access tokens. */
  | { kind: 'csp-api-token'; token: Secret; csp: URL }
  /** An OAuth app of the Cloud Services Platform. */
  | { kind: 'csp-oauth-app'; id: string; secret: Secret; csp: URL }

/** The way to the service over the network. */
export interface NetworkSettings {
  /** A proxy for everything, `http://user:password@host:port` or with https; it goes before those of the environment. */
  proxy?: Secret
  /** Leave the proxies of the environment alone. */
  ignoreSystemProxy: boolean
  /** Whether a server has to have a certificate that can be verified. */
  verify: boolean
  /** Whether that has to be in the server's name. */
  verifyHostname: boolean
  /** The authorities that count, and no others: a file of PEM certificates. */
  caFile?: string
}

/** The way to a service where nothing is set. */
export const PLAIN_NETWORK: NetworkSettings = { ignoreSystemProxy: false, verify: true, verifyHostname: true }

/**
 * A proxy as people write it, with or without `http://` before it; undefined: it is none. Nor is what has its @ too late: there a sign of
 * the password ended the host, and
 * the password's beginning would be taken for that, and shown.
 */
export function proxyAddress(text: string): URL | undefined {
  const whole = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && !(url.pathname + url.search + url.hash).includes('@') ? url : undefined
}

/** Whether a host, as URLs have it, is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host) || host === '[::1]'
}
