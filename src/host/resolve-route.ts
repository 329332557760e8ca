import { lookup } from 'node:dns/promises'
import type { NetworkSettings } from '../core/auth-and-network.ts'
import type { Route } from '../core/ports.ts'
import { connectionError } from './connection-error.ts'
import { proxyFor } from './proxies.ts'

/**
 * Finds out how requests reach a service: through which proxy, and the addresses of the machine that is connected to, the service's or the
 * proxy's.
 * @param env may name proxies
 * @throws CbcError network: its name can't be looked up; usage: a proxy setting is malformed
 */
export async function routeTo(url: URL, settings: NetworkSettings, env: Readonly<Record<string, string | undefined>>): Promise<Route> {
  const proxy = proxyFor(url, settings, env)
  const host = (proxy?.url ?? url).hostname.replace(/^\[(.*)\]$/, '$1')
  const found = await lookup(host, { all: true }).catch((error: Error) => {
    throw connectionError(host, error, false, proxy && `check ${proxy.from}`)
  })
  return {
    host,
    addresses: found.map(({ address }) => address),
    ...(proxy === undefined ? {} : { proxy: { host: proxy.url.host, from: proxy.from } }),
  }
}
