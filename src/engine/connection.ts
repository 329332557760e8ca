import { AnyCall } from '../api/any-call.ts'
import { AccessTokens } from '../api/access-tokens.ts'
import { ApiKey, redacted } from '../api/credentials.ts'
import { cspIssuer } from '../api/csp.ts'
import { DeviceControl } from '../api/device-control.ts'
import { Devices } from '../api/devices.ts'
import type { Exchange } from '../api/exchange.ts'
import { Http, type HttpOptions } from '../api/http.ts'
import { Jobs } from '../api/jobs.ts'
import { LiveResponse } from '../api/live-response.ts'
import { Policies } from '../api/policies.ts'
import type { Authentication } from '../core/auth-and-network.ts'
import { SILENT, type Progress } from '../core/ports.ts'
import type { Clients } from '../verbs/define-organization.ts'

export type { Exchange }

/** The connection to one organization, with its clients. */
export interface Connection extends Clients {
  /** The profile's name, for messages. */
  name: string
  /** The organization, by whichever profile it is reached: `https://defense-xxx.conferdeploy.net ABCD1234`. */
  place: string
  /** The profile is read-only. */
  readOnly: boolean
  /** Calls back whenever the service refuses a request because there are too many, until the returned function is called. */
  onRefusal(listener: () => void): () => void
  /** Whether a text contains one of the credentials. */
  holdsSecret(text: string): boolean
  close(): Promise<void> | void
}

export interface ConnectOptions extends Pick<
  HttpOptions,
  'url' | 'transport' | 'clock' | 'random' | 'userAgent' | 'timeoutMs' | 'onExchange'
> {
  name: string
  orgKey: string
  auth: Authentication
  readOnly?: boolean
  /** Shows which request is waited for. */
  progress?: Progress
  close(): Promise<void> | void
}

/** Makes the clients; nothing is sent yet. */
export function connect({ name, orgKey, auth, readOnly = false, progress = SILENT, close, ...http }: ConnectOptions): Connection {
  const credentials = auth.kind === 'api-key' ? new ApiKey(auth.token) : new AccessTokens(cspIssuer(auth, http), http.clock)
  const listeners = new Set<() => void>()
  const client = new Http({
    ...http,
    credentials,
    onRefusal: () => {
      for (const listener of listeners) listener()
    },
    onWait: what => progress.wait({ kind: 'request', what: () => `Carbon Black Cloud: ${what}` }),
  })
  return {
    liveResponse: new LiveResponse(client, orgKey),
    devices: new Devices(client, orgKey),
    usb: new DeviceControl(client, orgKey),
    policies: new Policies(client, orgKey),
    jobs: new Jobs(client, orgKey),
    anyCall: new AnyCall(client, orgKey),
    name,
    place: `${http.url.origin} ${orgKey}`,
    readOnly,
    onRefusal(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    holdsSecret: text => redacted(text, credentials.secrets()) !== text,
    close,
  }
}
