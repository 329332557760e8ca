import { DeviceControl } from '../api/device-control.ts'
import { Devices } from '../api/devices.ts'
import { Http, type Exchange } from '../api/http.ts'
import { Jobs } from '../api/jobs.ts'
import { LiveResponse } from '../api/live-response.ts'
import { Policies } from '../api/policies.ts'
import type { Clock, Transport } from '../core/ports.ts'
import type { Secret } from '../core/secret.ts'

/** The clients of one organization. */
export interface Connection {
  liveResponse: LiveResponse
  devices: Devices
  usb: DeviceControl
  policies: Policies
  jobs: Jobs
  /** Of the profile, for messages. */
  name: string
  /** The organization, whatever profile it is reached by: `https://defense-xxx.conferdeploy.net ABCD1234`. */
  place: string
  close(): Promise<void> | void
}

export interface ConnectOptions {
  name: string
  url: URL
  orgKey: string
  token: Secret
  transport: Transport
  clock: Clock
  onExchange?: (exchange: Exchange) => void
  close(): Promise<void> | void
}

/** Makes the clients; nothing is sent yet. */
export function connect({ name, url, orgKey, token, transport, clock, onExchange, close }: ConnectOptions): Connection {
  const http = new Http({ url, token, transport, clock, ...(onExchange === undefined ? {} : { onExchange }) })
  return {
    liveResponse: new LiveResponse(http, orgKey), devices: new Devices(http, orgKey), usb: new DeviceControl(http, orgKey),
    policies: new Policies(http, orgKey), jobs: new Jobs(http, orgKey), name, place: `${url.origin} ${orgKey}`, close,
  }
}
