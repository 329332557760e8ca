import type { Random } from '../../core/ports.ts'
import type { LabClock } from '../behaviour/lab-clock.ts'
import { Presence } from '../behaviour/presence.ts'
import type { Behaviour, Settings } from '../behaviour/settings.ts'
import { Log, type ExecutionEntry } from '../control/logs.ts'
import type { Endpoint } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Store } from '../store/store.ts'
import { shared } from './linked.ts'
import type { OpenEndpoint, RosterDevice } from './roster.ts'
import { newCloud, newSession, type CloudState, type SessionRecord, type SessionState } from './state.ts'

export interface CloudParts {
  store: Store
  random: Random
  /** The lab's own time, and the real one. */
  clock: LabClock
  settings: Settings
  /** Chance that the seed decides. */
  chance: () => number
  roster: readonly RosterDevice[]
  openEndpoint: OpenEndpoint
}

/** What the calls share: the organization's state, its devices, and the endpoints behind them. */
export class Cloud {
  readonly store: Store
  readonly clock: LabClock
  readonly random: Random
  readonly chance: () => number
  readonly behaviour: Behaviour
  readonly settings: Settings
  readonly presence: Presence
  /** What this lab carried out on its endpoints. */
  readonly executions = new Log<ExecutionEntry>()
  /** The origin of the storage to which content is redirected, for a request that came to this address. */
  storageOrigin: (url: URL) => Promise<string> = async () => 'http://storage.lab.localhost'
  readonly devices: ReadonlyMap<number, RosterDevice>
  readonly state: SharedDocument<CloudState>
  /** Aborted when the lab closes: nobody waits any longer. */
  readonly closing = shared()
  readonly #openEndpoint: OpenEndpoint
  readonly #endpoints = new Map<string, Promise<Endpoint>>()

  constructor({ store, clock, random, settings, chance, roster, openEndpoint }: CloudParts) {
    this.store = store
    this.clock = clock
    this.random = random
    this.chance = chance
    this.settings = settings
    this.behaviour = settings.behaviour
    this.presence = new Presence(settings, clock)
    this.devices = new Map(roster.map(device => [device.id, device]))
    this.state = store.document('cloud', newCloud)
    this.#openEndpoint = openEndpoint
  }

  /** The commands and files of a session. */
  session(record: SessionRecord): SharedDocument<SessionState> {
    return this.store.document(sessionDocument(record), newSession)
  }

  /** When this lab's state was made, ms since 1970. */
  async born(): Promise<number> {
    const born = await this.state.read(state => state.born)
    return born !== 0 ? born : this.state.update(state => (state.born ||= this.clock.now()))
  }

  /** The machine behind a device. It is opened once; after a reset, anew. */
  async endpoint(device: RosterDevice): Promise<Endpoint> {
    const born = await this.born()
    const key = `${device.id}:${born}`
    const opened = this.#endpoints.get(key) ?? this.#open(device, born)
    this.#endpoints.set(key, opened)
    return opened
  }

  #open(device: RosterDevice, born: number): Promise<Endpoint> {
    return this.#openEndpoint(device, {
      document: initial => this.store.document(`device-${device.id}`, initial),
      blobs: this.store.blobs,
      // What really runs on this machine takes its real time.
      clock: device.endpoint.kind === 'linux' ? this.clock.real : this.clock,
      random: this.random,
      born,
    })
  }
}

/** The name of the document that holds what belongs to a session. */
export function sessionDocument(record: SessionRecord): string {
  return `session-${record.key}`
}
