import { sharedController } from '../../core/abort.ts'
import type { Random } from '../../core/ports.ts'
import type { LabClock } from '../behaviour/lab-clock.ts'
import { Presence } from '../behaviour/presence.ts'
import type { Behaviour, Settings } from '../behaviour/settings.ts'
import { Log, type ExecutionEntry } from '../control/logs.ts'
import type { Endpoint } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Store } from '../store/store.ts'
import type { OpenEndpoint, RosterDevice } from './roster.ts'
import { newCloud, newSession, type CloudState, type SessionRecord, type SessionState } from './state.ts'

export interface CloudParts {
  store: Store
  random: Random
  /** The lab's own clock, with the real one in it. */
  clock: LabClock
  settings: Settings
  /** The random generator that depends on the seed. */
  chance: () => number
  roster: readonly RosterDevice[]
  /** Of what is wrong with which devices. */
  seed: number
  openEndpoint: OpenEndpoint
}

/** How many simulated machines are kept open: a few more than an organization has sessions. */
const MAX_OPEN = 128

/** What all calls share: the organization's state, its devices, and their endpoints. */
export class Cloud {
  readonly store: Store
  readonly clock: LabClock
  readonly random: Random
  readonly chance: () => number
  readonly behaviour: Behaviour
  readonly settings: Settings
  readonly presence: Presence
  /** The commands that this lab carried out on its endpoints. */
  readonly executions = new Log<ExecutionEntry>()
  /** Returns the origin of the storage that content is redirected to, for a request to this URL. */
  storageOrigin: (url: URL) => Promise<string> = async () => 'http://storage.lab.localhost'
  readonly devices: ReadonlyMap<number, RosterDevice>
  readonly state: SharedDocument<CloudState>
  /** Aborted when the lab closes, which ends all waiting. */
  readonly closing = sharedController()
  readonly #openEndpoint: OpenEndpoint
  readonly #endpoints = new Map<string, Promise<Endpoint>>()

  constructor({ store, clock, random, settings, chance, roster, seed, openEndpoint }: CloudParts) {
    this.store = store
    this.clock = clock
    this.random = random
    this.chance = chance
    this.settings = settings
    this.behaviour = settings.behaviour
    this.presence = new Presence(settings, clock, roster, seed)
    this.devices = new Map(roster.map(device => [device.id, device]))
    this.state = store.document('cloud', newCloud)
    this.#openEndpoint = openEndpoint
  }

  /** Returns the document with a session's commands and files. */
  session(record: SessionRecord): SharedDocument<SessionState> {
    return this.store.document(sessionDocument(record), newSession)
  }

  /** Returns when this lab's state was created, ms since 1970. */
  async born(): Promise<number> {
    const born = await this.state.read(state => state.born)
    return born !== 0 ? born : this.state.update(state => (state.born ||= this.clock.now()))
  }

  /** Returns the machine behind a device. One that was not used for long is opened again: what has changed there is in its document. */
  async endpoint(device: RosterDevice): Promise<Endpoint> {
    const born = await this.born()
    const key = `${device.id}:${born}`
    const opened = this.#endpoints.get(key) ?? this.#open(device, born)
    // The last in the map is the one that was used last.
    this.#endpoints.delete(key)
    this.#endpoints.set(key, opened)
    const [oldest] = this.#endpoints.keys()
    if (oldest !== undefined && this.#endpoints.size > MAX_OPEN) this.#endpoints.delete(oldest)
    return opened
  }

  #open(device: RosterDevice, born: number): Promise<Endpoint> {
    return this.#openEndpoint(device, {
      document: initial => this.store.document(`device-${device.id}`, initial),
      blobs: this.store.blobs,
      // Programs that really run on this machine take real time.
      clock: device.endpoint.kind === 'linux' ? this.clock.real : this.clock,
      random: this.random,
      born,
    })
  }
}

/** Returns the name of a session's document. */
export function sessionDocument(record: SessionRecord): string {
  return `session-${record.key}`
}
