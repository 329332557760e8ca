import type { Secret } from './secret.ts'

/** How the caller authenticates ("Authentication"). */
export type Authentication =
  /** Header X-Auth-Token: `<API secret key>/<API ID>`. */
  | { kind: 'api-key'; token: Secret }
  /** An API token of the Cloud Services Platform, exchanged at `csp` for access tokens. */
  | { kind: 'csp-api-token'; token: Secret; csp: URL }
  /** An OAuth app of the Cloud Services Platform. */
  | { kind: 'csp-oauth-app'; id: string; secret: Secret; csp: URL }

/** How the service is reached over the network. */
export interface NetworkSettings {
  /** A proxy for all requests, `http://user:password@host:port` or with https; it takes precedence over those of the environment. */
  proxy?: Secret
  /** Ignore the proxies of the environment. */
  ignoreSystemProxy: boolean
  /** Whether the server's certificate is verified. */
  verify: boolean
  /** Whether the certificate must match the server's name. */
  verifyHostname: boolean
  /** A file of PEM certificates: the only authorities that are trusted. */
  caFile?: string
}

/** The network settings of a profile that sets none. */
export const PLAIN_NETWORK: NetworkSettings = { ignoreSystemProxy: false, verify: true, verifyHostname: true }

/**
 * Reads the address of a proxy, with or without a leading `http://`.
 * @returns undefined where it is not one. An @ behind the host is rejected too: there a special character in the password has ended the
 *   host early, and the beginning of the password would be taken for the host and shown
 */
export function proxyAddress(text: string): URL | undefined {
  const whole = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && !(url.pathname + url.search + url.hash).includes('@') ? url : undefined
}

/** Whether a host, as written in URLs, is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^127\.\d+\.\d+\.\d+$/.test(host) || host === '[::1]'
}
