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
import { SILENT, type Clock, type Progress, type WireResponse } from '../core/ports.ts'
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
  /** The id of the API key, which is no secret; undefined where there is no such id. */
  keyId: string | undefined
  /** The service's time as its last answer had it, milliseconds since 1970, and how far it was ahead of this machine's clock; undefined before the first. */
  serviceTime(): ServiceTime | undefined
  /** Takes the credentials out of a text. */
  redact(text: string): string
  /** Whether a text contains one of the credentials. */
  holdsSecret(text: string): boolean
  close(): Promise<void> | void
}

interface ServiceTime {
  time: number
  ahead: number
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
  let serviceTime: ServiceTime | undefined
  const client = new Http({
    ...http,
    transport: async request => {
      const answer = await http.transport(request)
      serviceTime = timeOf(answer, http.clock) ?? serviceTime
      return answer
    },
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
    keyId: keyIdOf(auth),
    serviceTime: () => serviceTime,
    redact: text => redacted(text, credentials.secrets()),
    holdsSecret: text => redacted(text, credentials.secrets()) !== text,
    close,
  }
}

function keyIdOf(auth: Authentication): string | undefined {
  if (auth.kind === 'api-key') return auth.token.reveal().split('/', 2)[1]
  return auth.kind === 'csp-oauth-app' ? auth.id : undefined
}

/** The time of an answer's `Date` header, which has whole seconds. */
function timeOf({ headers: { date } }: WireResponse, { now }: Clock): ServiceTime | undefined {
  const time = date === undefined ? NaN : Date.parse(date)
  return Number.isNaN(time) ? undefined : { time, ahead: time - now() }
}
