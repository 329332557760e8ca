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

export type { Exchange }

/** The clients of one organization. */
export interface Connection {
  liveResponse: LiveResponse
  devices: Devices
  usb: DeviceControl
  policies: Policies
  jobs: Jobs
  anyCall: AnyCall
  /** Of the profile, for messages. */
  name: string
  /** The organization, whatever profile it is reached by: `https://defense-xxx.conferdeploy.net ABCD1234`. */
  place: string
  /** The profile is for reading only. */
  readOnly: boolean
  /** Whether a text holds what proves who calls. */
  holdsSecret(text: string): boolean
  close(): Promise<void> | void
}

export interface ConnectOptions extends Pick<
  HttpOptions,
  'url' | 'transport' | 'clock' | 'random' | 'userAgent' | 'patience' | 'onExchange'
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
export function connect({ name, orgKey, auth, readOnly = false, progress = SILENT, close, ...door }: ConnectOptions): Connection {
  const credentials = auth.kind === 'api-key' ? new ApiKey(auth.token) : new AccessTokens(cspIssuer(auth, door), door.clock)
  const http = new Http({
    ...door,
    credentials,
    onWait: what => progress.wait({ kind: 'request', what: () => `Carbon Black Cloud: ${what}` }),
  })
  return {
    liveResponse: new LiveResponse(http, orgKey),
    devices: new Devices(http, orgKey),
    usb: new DeviceControl(http, orgKey),
    policies: new Policies(http, orgKey),
    jobs: new Jobs(http, orgKey),
    anyCall: new AnyCall(http, orgKey),
    name,
    place: `${door.url.origin} ${orgKey}`,
    readOnly,
    holdsSecret: text => redacted(text, credentials.secrets()) !== text,
    close,
  }
}
