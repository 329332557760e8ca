import type { Clock, Random } from '../../core/ports.ts'
import type { Endpoint } from '../endpoint.ts'
import type { SharedDocument } from '../store/shared-document.ts'
import type { Store } from '../store/store.ts'
import type { OpenEndpoint, RosterDevice } from './roster.ts'
import { newCloud, newSession, type CloudState, type SessionRecord, type SessionState } from './state.ts'

/** How the lab behaves where the service's behaviour is a matter of circumstances. Times in milliseconds. */
export interface Behaviour {
  /** How long a command is on its way to the endpoint and back. */
  latency: number
  /** How long a new session stays PENDING. */
  checkIn: number
  /** Whether `wait=true` holds the request. */
  longPoll: boolean
  /** Commands that one session takes. */
  maxCommands: number
  /** Sessions that the organization can have at once. */
  maxSessions: number
}

export interface CloudParts {
  store: Store
  clock: Clock
  random: Random
  behaviour: Behaviour
  roster: readonly RosterDevice[]
  openEndpoint: OpenEndpoint
}

/** What the calls share: the organization's state, its devices, and the endpoints behind them. */
export class Cloud {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly behaviour: Behaviour
  readonly devices: ReadonlyMap<number, RosterDevice>
  readonly state: SharedDocument<CloudState>
  /** Aborted when the lab closes: nobody waits any longer. */
  readonly closing = new AbortController()
  readonly #openEndpoint: OpenEndpoint
  readonly #endpoints = new Map<string, Promise<Endpoint>>()

  constructor({ store, clock, random, behaviour, roster, openEndpoint }: CloudParts) {
    this.store = store
    this.clock = clock
    this.random = random
    this.behaviour = behaviour
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
      clock: this.clock,
      random: this.random,
      born,
      latency: this.behaviour.latency,
    })
  }
}

/** The name of the document that holds what belongs to a session. */
export function sessionDocument(record: SessionRecord): string {
  return `session-${record.key}`
}
