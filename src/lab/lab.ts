import type { Clock, Random } from '../core/ports.ts'
import { Cloud, type Behaviour } from './cloud/cloud.ts'
import { endpointOpener } from './cloud/open-endpoint.ts'
import { DOCUMENT_TOKENS } from './cloud/document-tokens.ts'
import { ROSTER, type OpenEndpoint, type RosterDevice } from './cloud/roster.ts'
import { Service } from './cloud/service.ts'
import type { Processes } from './store/owner.ts'
import { openFileStore, openMemoryStore } from './store/store.ts'

interface CommonOptions {
  clock: Clock
  random: Random
  /** The round trip to an endpoint: how long each command takes before it completes, ms; default 0. */
  latency?: number
  /** How long a new session stays PENDING, ms; default 100. */
  checkIn?: number
  /** Whether `wait=true` holds a request (up to 10 s) until its command ends; default true. */
  longPoll?: boolean
  /** Default: the organization of the documents' examples. */
  org?: string
  /** The one API key, `secret/id`; default: those of the documents' examples. */
  token?: string
  /** The directory of the endpoint that is this machine; false or absent: that endpoint doesn't exist. */
  local?: string | false
  /** Commands that one session takes; default 250. */
  maxCommands?: number
  /** Sessions that the organization can have at once; default 100. */
  maxSessions?: number
  /** The devices; default: a small company. */
  roster?: readonly RosterDevice[]
  /** Opens the machine behind a device; default: a Windows one of its role, or this machine. */
  openEndpoint?: OpenEndpoint
}

/** State in memory (blobs in a temporary folder that goes at close), or in a directory, shared with other processes. */
export type LabOptions = CommonOptions & ({ state?: undefined } | {
  state: string
  /** This process and whether others live: a dead one's locks are broken, its commands end. */
  processes: Processes
})

/** An embedded Carbon Black Cloud. */
export interface Lab {
  /** Answers a request as the service would, whatever its host. Never rejects. */
  handle(request: Request): Promise<Response>
  /** Ends what waits and what runs, and lets go of everything. */
  close(): Promise<void>
  /** Starts over: no sessions, all devices as they were made. */
  reset(): Promise<void>
  readonly org: string
  readonly token: string
  /** Whether one of the endpoints is this machine: then it is not to be served to others. */
  readonly local: boolean
}

export function openLab(options: LabOptions): Lab {
  const { clock, random, org = 'ABCD1234', local = false } = options
  const store = options.state === undefined ? openMemoryStore(random) : openFileStore(options.state, random, options.processes)
  const tokens = options.token === undefined ? DOCUMENT_TOKENS : [options.token]
  const roster = (options.roster ?? ROSTER).filter(({ endpoint }) => endpoint.kind !== 'linux' || local !== false)
  const openEndpoint = options.openEndpoint ?? endpointOpener(local)
  const cloud = new Cloud({ store, clock, random, behaviour: behaviourOf(options), roster, openEndpoint })
  const service = new Service(cloud, { org, tokens })
  let closed: Promise<void> | undefined
  return {
    org,
    token: tokens[0] ?? '',
    local: local !== false,
    handle: request => service.handle(request),
    reset: () => store.clear(),
    close: () => closed ??= service.close().then(() => store.close()),
  }
}

function behaviourOf({ latency = 0, checkIn = 100, longPoll = true, maxCommands = 250, maxSessions = 100 }: LabOptions): Behaviour {
  return { latency, checkIn, longPoll, maxCommands, maxSessions }
}
