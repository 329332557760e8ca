import type { Clock, Random } from '../core/ports.ts'
import { LabClock, realTime } from './behaviour/lab-clock.ts'
import { seeded } from './behaviour/seeded.ts'
import { Settings, SETTINGS, type Behaviour } from './behaviour/settings.ts'
import { Cloud } from './cloud/cloud.ts'
import { DOCUMENT_TOKENS } from './cloud/document-tokens.ts'
import { endpointOpener } from './cloud/open-endpoint.ts'
import { Access } from './cloud/access/access.ts'
import { DEFAULT_KEYS, type Key } from './cloud/access/keys.ts'
import { makeRoster } from './cloud/generated-roster.ts'
import { ROSTER, type OpenEndpoint, type RosterDevice } from './cloud/roster.ts'
import { Service } from './cloud/service.ts'
import { Sessions } from './cloud/sessions.ts'
import { Storage } from './cloud/storage.ts'
import { Control } from './control/control.ts'
import { errorResponse } from './cloud/http.ts'
import { DeviceFaults } from './faults/device-faults.ts'
import { Faults } from './faults/faults.ts'
import { machineFacts } from './linux/facts.ts'
import { Middleware, isForControl } from './middleware.ts'
import { Housekeeping } from './store/housekeeping.ts'
import type { Processes } from '../core/owner.ts'
import { openFileStore, openMemoryStore, type Store } from './store/store.ts'

/** The settings of a lab, each with a default (behaviour/settings.ts), and its other parts. */
interface CommonOptions extends Partial<Behaviour> {
  clock: Clock
  random: Random
  /** Settings as JSON; they override those given as properties. */
  settings?: unknown
  /** The initial faults as JSON: a rule or a list of rules. */
  faults?: unknown
  /** The seed of everything random and of the generated devices; default 1. */
  seed?: number
  /** The organization key; default: that of the API documents' examples. */
  org?: string
  /** An API key, `secret/id`, with all permissions; default: those of the API documents' examples. */
  token?: string
  /** Further credentials, each with its own permissions. */
  keys?: readonly Key[]
  /** Lifetime of an access token of the Cloud Services Platform, seconds; default: half an hour. */
  tokenLife?: number
  /** The root directory of the endpoint that is this machine; false or absent: there is no such endpoint. */
  local?: string | false
  /** The devices; default: a small company. */
  roster?: readonly RosterDevice[]
  /** The total number of devices; those beyond `roster` are generated. */
  rosterSize?: number
  /** Opens the machine behind a device; default: a simulated Windows machine of its role, or this machine. */
  openEndpoint?: OpenEndpoint | undefined
}

/** State is kept in memory (blobs in a temporary folder, removed by `close`), or in a directory that is shared with other processes. */
export type LabOptions = CommonOptions &
  (
    | { state?: undefined }
    | {
        state: string
        /** Identifies this process and tells whether others are alive: locks of dead ones are broken, their commands ended. */
        processes: Processes
      }
  )

/** An embedded Carbon Black Cloud. */
export interface Lab {
  /**
   * Answers a request as the service would, whatever host it names.
   * @param control whether calls below `/lab/` are answered too; default true
   * @throws ConnectionDropped when a fault drops the connection; nothing else is thrown
   */
  handle(request: Request, control?: boolean): Promise<Response>
  /** Ends all waiting, so that pending requests are answered soon; new requests get 503. */
  drain(): void
  /** Sets the origin that Get File Content redirects to. @param origin returns it for a request's URL */
  redirectTo(origin: (url: URL) => Promise<string>): void
  /** Ends everything that waits or runs, and releases all resources. */
  close(): Promise<void>
  /** Starts over: no sessions, all devices in their initial state. */
  reset(): Promise<void>
  readonly org: string
  readonly token: string
  /** Whether one of the endpoints is this machine: then the lab must not be served to others. */
  readonly local: boolean
}

/**
 * Opens a lab.
 * @throws InvalidSettings when settings or faults are invalid
 */
export function openLab(options: LabOptions): Lab {
  const { random, org = 'ABCD1234', local = false } = options
  const settings = settingsOf(options)
  const faults = new Faults(options.faults ?? [], options.seed ?? 1)
  const store = options.state === undefined ? openMemoryStore(random) : openFileStore(options.state, random, options.processes)
  const { token = DOCUMENT_TOKENS[0] ?? '', tokenLife = 1799 } = options
  const keys = [...(options.token === undefined ? DEFAULT_KEYS : [{ token, permissions: 'all' as const }]), ...(options.keys ?? [])]
  const cloud = openCloud(options, store, settings)
  const service = new Service(cloud, new Access(cloud, { org, keys, tokenLife }))
  const storage = new Storage(cloud, new Sessions(cloud))
  const deviceFaults = new DeviceFaults(cloud.devices, cloud.presence, options.seed ?? 1)
  const middleware = new Middleware(cloud, [faults, deviceFaults], {
    service: request => service.handle(request),
    storage: request => storage.handle(request),
  })
  const reset = async () => {
    await store.clear()
    await cloud.clock.refresh()
    cloud.presence.restart()
  }
  const control = new Control({ cloud, faults, log: middleware.log, token, org, reset })
  const housekeeping = new Housekeeping(store, options.clock)
  let closed: Promise<void> | undefined
  return {
    org,
    token,
    local: local !== false,
    async handle(request, withControl = true) {
      housekeeping.runIfDue()
      await cloud.clock.refresh()
      const url = new URL(request.url)
      if (!isForControl(url)) return middleware.handle(request)
      return withControl ? control.handle(request) : errorResponse(404, `No resource at ${url.pathname}`)
    },
    drain: () => cloud.closing.abort(),
    redirectTo(origin) {
      cloud.storageOrigin = origin
    },
    reset,
    close: () =>
      (closed ??= service
        .close()
        .then(() => housekeeping.finished())
        .then(() => store.close())),
  }
}

function openCloud(options: LabOptions, store: Store, settings: Settings): Cloud {
  const { clock, random, local = false, rosterSize, seed = 1 } = options
  const known = (options.roster ?? ROSTER).flatMap(device =>
    device.endpoint.kind !== 'linux' ? [device] : local === false ? [] : [{ ...device, ...machineFacts(local) }],
  )
  return new Cloud({
    store,
    random,
    settings,
    clock: new LabClock(clock, store.document('clock', realTime)),
    chance: seeded(seed),
    seed,
    roster: rosterSize === undefined ? known : makeRoster(known, rosterSize, seed),
    openEndpoint: options.openEndpoint ?? endpointOpener(local),
  })
}

function settingsOf(options: LabOptions): Settings {
  const given = SETTINGS.filter(name => options[name] !== undefined).map(name => [name, options[name]])
  const settings = new Settings(Object.fromEntries(given))
  settings.change(options.settings ?? {})
  return settings
}
