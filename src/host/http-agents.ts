import type { Agent, ClientRequest, RequestOptions } from 'node:http'
import { sharedController } from '../core/abort.ts'
import { isLoopback, type NetworkSettings } from '../core/auth-and-network.ts'
import { readIntoBuffers } from './direct-read.ts'
import { loopbackLookup } from './loopback-lookup.ts'
import { proxyFor, type Proxy } from './proxies.ts'
import { closeOnStrayBytes } from './stray-bytes.ts'
import type { Modules } from './tunnel.ts'
import type { Trust } from './trust.ts'

/** How a request reaches its server. */
export interface AgentRoute {
  request(options: RequestOptions): ClientRequest
  /** What the connection is made to, for messages: the server, or `the proxy …`. */
  peer: string
  /** What to do when it can't be reached. */
  hint?: string
  /** The error for an answer that comes from the proxy instead of the server; undefined for any other status. */
  refusal?(status: number): Error | undefined
}

/**
 * Finds the ways to servers, direct or through a proxy. Each way has an agent that keeps its connections open, and what it needs is loaded
 * on first use.
 */
export class HttpAgents {
  readonly #modules: Modules
  readonly #settings: NetworkSettings
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #agents = new Map<string, Promise<Agent>>()
  readonly #stop = sharedController()
  #trust: Promise<Trust> | undefined

  /** @param env may name proxies and certificate authorities */
  constructor(modules: Modules, settings: NetworkSettings, env: Readonly<Record<string, string | undefined>>) {
    this.#modules = modules
    this.#settings = settings
    this.#env = env
  }

  /** Returns the way to a server. @throws CbcError usage: a proxy setting is malformed; io: certificates can't be read */
  async to(url: URL): Promise<AgentRoute> {
    const proxy = proxyFor(url, this.#settings, this.#env)
    if (url.protocol === 'http:') return proxy === undefined ? await this.#plain(url) : await this.#forwarded(url, proxy)
    const { https } = this.#modules
    const agent = await this.#agent(proxy?.url.href ?? url.protocol, async () => {
      const trust = await this.#trusted()
      return proxy === undefined
        ? new https.Agent({ keepAlive: true, ...trust })
        : (await import('./tunnel.ts')).tunnelAgent(proxy, trust, this.#modules, this.#stop.signal)
    })
    return { peer: url.host, request: options => https.request(url, { ...options, agent }) }
  }

  /** Closes all connections, including those that are being made. */
  close(): void {
    this.#stop.abort()
    for (const agent of this.#agents.values())
      void agent.then(
        opened => opened.destroy(),
        () => {},
      )
  }

  async #plain(url: URL): Promise<AgentRoute> {
    const { http } = this.#modules
    const own = isLoopback(url.hostname)
    const agent = await this.#agent(
      `${url.protocol}${own ? ' here' : ''}`,
      async () => new http.Agent({ keepAlive: true, ...(own ? { lookup: loopbackLookup } : {}) }),
    )
    return { peer: url.host, request: options => http.request(url, { ...options, agent }) }
  }

  /** For plain http, the proxy is asked for the whole URL (RFC 9112, section 3.2.2). */
  async #forwarded(url: URL, proxy: Proxy): Promise<AgentRoute> {
    const { proxyRefusal, proxyRequest } = await import('./tunnel.ts')
    const trust = await this.#trusted()
    const agent = await this.#agent(`to ${proxy.url.href}`, async () =>
      proxy.url.protocol === 'https:'
        ? new this.#modules.https.Agent({ keepAlive: true, ...trust })
        : new this.#modules.http.Agent({ keepAlive: true, ...(isLoopback(proxy.url.hostname) ? { lookup: loopbackLookup } : {}) }),
    )
    return {
      peer: `the proxy ${proxy.url.host}`,
      hint: `check ${proxy.from}`,
      request: options =>
        proxyRequest(proxy, this.#modules, {
          ...options,
          agent,
          path: url.href.replace(/#.*$/, ''),
          headers: { host: url.host, ...options.headers },
        }),
      refusal: status => (status === 407 ? proxyRefusal(proxy, status, url.host) : undefined),
    }
  }

  #agent(key: string, make: () => Promise<Agent>): Promise<Agent> {
    const known = this.#agents.get(key)
    if (known !== undefined) return known
    const made = make().then(closeOnStrayBytes).then(readIntoBuffers)
    this.#agents.set(key, made)
    return made
  }

  #trusted(): Promise<Trust> {
    return (this.#trust ??= import('./trust.ts').then(({ trustOf }) => trustOf(this.#settings, this.#env)))
  }
}
