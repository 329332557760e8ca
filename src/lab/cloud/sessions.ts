import type { Presence } from '../behaviour/presence.ts'
import type { RosterDevice } from './roster.ts'
import { sessionDocument, type Cloud } from './cloud.ts'
import { HttpError } from './http.ts'
import type { CloudState, SessionRecord } from './state.ts'

/**
 * The life cycle of sessions ("Session Management"): one per device, PENDING until the sensor checks in. A session ends when it is closed,
 * idle for 15 minutes, or without a command for 30.
 */
export class Sessions {
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /**
   * Returns the device's session, or starts one. Beyond the organization's limit a session stays PENDING until another ends.
   * @throws HttpError 404: no such device; 403: Live Response is not enabled there, or the organization has too many sessions and
   *   `sessionQueue` is 0
   */
  async start(deviceId: number): Promise<SessionRecord> {
    const device = this.device(deviceId)
    const { random, behaviour, presence } = this.#cloud
    return this.#change((state, now) => {
      if (!enabled(device, presence, state)) return new HttpError(403, `Live Response is not enabled for device ${deviceId}`)
      const existing = ofDevice(state, deviceId)
      if (existing !== undefined) return existing
      const full = admitted(state).length >= behaviour.maxSessions
      if (full && behaviour.sessionQueue === 0)
        return new HttpError(403, `Too many sessions: the organization has ${behaviour.maxSessions} already`)
      const active_from = full || presence.away(device) ? null : now + behaviour.checkIn
      const id = `${state.next++}:${deviceId}`
      return (state.sessions[id] = {
        id,
        device_id: deviceId,
        key: random.uuid(),
        created: now,
        active_from,
        touched: now,
        ...(full ? { queued: now } : {}),
      })
    })
  }

  /**
   * Returns a session, PENDING or ACTIVE.
   * @throws HttpError 404: it doesn't exist, or has ended
   */
  async find(id: string): Promise<SessionRecord> {
    const now = this.#cloud.clock.now()
    const record = await this.#cloud.state.read(state => copy(ownMember(state.sessions, id)))
    if (record === undefined || this.#hasExpired(record, now)) throw noSession(id)
    return record
  }

  /**
   * Like `find`, and restarts the idle timeout.
   * @param command whether a command is being issued
   */
  async touch(id: string, command = false): Promise<SessionRecord> {
    return this.#change((state, now) => {
      const record = ownMember(state.sessions, id)
      if (record === undefined) return noSession(id)
      // A precision of one second is enough, and saves a write for most commands.
      if (now - record.touched >= 1000) record.touched = now
      if (command && now - (record.commanded ?? 0) >= 1000) record.commanded = now
      record.active_from = this.activeFrom(record)
      return record
    })
  }

  /**
   * Like `find`, for calls that need the endpoint.
   * @throws HttpError 404: the session doesn't exist, or isn't established yet
   */
  async active(id: string): Promise<SessionRecord> {
    const record = await this.find(id)
    if (!this.isActive(record)) throw new HttpError(404, `Session ${id} is not established yet`)
    return record
  }

  isActive(record: SessionRecord): boolean {
    const from = this.activeFrom(record)
    return from !== null && this.#cloud.clock.now() >= from
  }

  /** Returns when the sensor checks in for a session, ms since 1970; null while that is unknown. */
  activeFrom({ active_from, device_id, created, queued }: SessionRecord): number | null {
    if (active_from !== null) return active_from
    if (queued !== undefined) return null
    const { devices, presence, behaviour } = this.#cloud
    const device = devices.get(device_id)
    if (device === undefined || presence.away(device)) return null
    return Math.max(created, presence.since(device)) + behaviour.checkIn
  }

  async list(): Promise<SessionRecord[]> {
    const now = this.#cloud.clock.now()
    return this.#cloud.state.read(state =>
      Object.values(state.sessions)
        .filter(record => !this.#hasExpired(record, now))
        .map(record => ({ ...record })),
    )
  }

  /** @throws HttpError 404: the session doesn't exist, or has ended */
  async close(id: string): Promise<void> {
    const closed = await this.#change(state => {
      const record = ownMember(state.sessions, id)
      if (record === undefined) return noSession(id)
      delete state.sessions[id]
      return record
    })
    await this.#cloud.store.remove(sessionDocument(closed))
  }

  /**
   * Disables Live Response on these devices permanently; sessions on them end.
   * @returns one session per device, already ended: its open session, or a new one
   */
  async disable(devices: readonly RosterDevice[]): Promise<SessionRecord[]> {
    const records = await this.#change((state, now) =>
      devices.map(({ id }) => {
        const record = ofDevice(state, id) ?? {
          id: `${state.next++}:${id}`,
          device_id: id,
          key: this.#cloud.random.uuid(),
          created: now,
          active_from: null,
          touched: now,
        }
        delete state.sessions[record.id]
        if (!state.killed.includes(id)) state.killed.push(id)
        return { ...record }
      }),
    )
    for (const record of records) await this.#cloud.store.remove(sessionDocument(record))
    return records
  }

  /** @throws HttpError 404 */
  device(id: number): RosterDevice {
    const device = this.#cloud.devices.get(id)
    if (device === undefined) throw new HttpError(404, `Device ${id} not found`)
    return device
  }

  /** Changes the state after removing expired sessions. `change` returns a refusal instead of throwing it, so that the removal is saved. */
  async #change<R extends object>(change: (state: CloudState, now: number) => R | HttpError): Promise<R> {
    const now = this.#cloud.clock.now()
    const { expired, result } = await this.#cloud.state.update(state => {
      state.born ||= now
      const expired = Object.values(state.sessions).filter(record => this.#hasExpired(record, now))
      for (const { id } of expired) delete state.sessions[id]
      this.#admit(state, now)
      const result = change(state, now)
      this.#admit(state, now)
      return { expired, result: result instanceof HttpError ? result : structuredClone(result) }
    })
    for (const record of expired) await this.#cloud.store.remove(sessionDocument(record))
    if (result instanceof HttpError) throw result
    return result
  }

  /** Admits queued sessions to places that have become free, the oldest first. */
  #admit(state: CloudState, now: number): void {
    const { behaviour, devices, presence } = this.#cloud
    const free = behaviour.maxSessions - admitted(state).length
    for (const record of Object.values(state.sessions)
      .filter(({ queued }) => queued !== undefined)
      .slice(0, Math.max(0, free))) {
      delete record.queued
      const device = devices.get(record.device_id)
      record.active_from = device === undefined || presence.away(device) ? null : now + behaviour.checkIn
    }
  }

  /** Whether a session was not established in time, was idle for too long, or its device was unreachable for too long. */
  #hasExpired(record: SessionRecord, now: number): boolean {
    const {
      devices,
      presence,
      behaviour: { checkInTimeout, sessionTimeout, commandTimeout, sessionQueue },
    } = this.#cloud
    if (record.queued !== undefined) return now >= record.queued + sessionQueue
    const device = devices.get(record.device_id)
    const active = this.activeFrom(record)
    if (active === null || now < active) return now >= record.created + checkInTimeout
    // An unknown device belongs to another lab on the same state.
    const { from = Infinity, until = Infinity } = device === undefined ? {} : (presence.outage(device, active) ?? {})
    if (now >= from + checkInTimeout && until > from + checkInTimeout) return true
    return now >= Math.max(active, record.touched) + sessionTimeout || now >= Math.max(active, record.commanded ?? 0) + commandTimeout
  }
}

/** Whether Live Response is enabled on a device, by its policy and not killed. */
export function enabled(device: RosterDevice, presence: Presence, state: CloudState): boolean {
  return presence.enabled(device) && !state.killed.includes(device.id)
}

/** Returns the sessions that are not queued. */
function admitted({ sessions }: CloudState): SessionRecord[] {
  return Object.values(sessions).filter(({ queued }) => queued === undefined)
}

function ofDevice(state: CloudState, deviceId: number): SessionRecord | undefined {
  return Object.values(state.sessions).find(record => record.device_id === deviceId)
}

/** Returns an own member: an id from a request may be `__proto__` or `toString`. */
function ownMember<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function copy<T extends object>(value: T | undefined): T | undefined {
  return value === undefined ? undefined : { ...value }
}

function noSession(id: string): HttpError {
  return new HttpError(404, `Session ${id} not found`)
}
