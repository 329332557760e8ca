import type { Presence } from '../behaviour/presence.ts'
import type { RosterDevice } from './roster.ts'
import { sessionDocument, type Cloud } from './cloud.ts'
import { HttpError } from './http.ts'
import type { CloudState, SessionRecord } from './state.ts'

/**
 * The life of sessions ("Session Management"): one per device, PENDING until the sensor checks in, over when closed or idle for 15 minutes,
 * or without a command for 30.
 */
export class Sessions {
  readonly #cloud: Cloud

  constructor(cloud: Cloud) {
    this.#cloud = cloud
  }

  /**
   * The device's session, or a new one. One more than the organization can have waits, PENDING, until another ends.
   * @throws HttpError 404: no such device; 403: Live Response is not enabled there, or the organization has too many sessions and none
   *   may wait
   */
  async start(deviceId: number): Promise<SessionRecord> {
    const device = this.device(deviceId)
    const { random, behaviour, presence } = this.#cloud
    return this.#change((state, now) => {
      if (!enabled(device, presence, state)) return new HttpError(403, `Live Response is not enabled for device ${deviceId}`)
      const existing = ofDevice(state, deviceId)
      if (existing !== undefined) return existing
      const full = placed(state).length >= behaviour.maxSessions
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
   * A session that is there, PENDING or ACTIVE.
   * @throws HttpError 404: there is none of this id (any more)
   */
  async find(id: string): Promise<SessionRecord> {
    const now = this.#cloud.clock.now()
    const record = await this.#cloud.state.read(state => copy(own(state.sessions, id)))
    if (record === undefined || this.#gone(record, now)) throw noSession(id)
    return record
  }

  /**
   * `find`, and the idle timeout starts again.
   * @param command whether it is for a command
   */
  async touch(id: string, command = false): Promise<SessionRecord> {
    return this.#change((state, now) => {
      const record = own(state.sessions, id)
      if (record === undefined) return noSession(id)
      // To the second is enough: not every command is worth a write for it.
      if (now - record.touched >= 1000) record.touched = now
      if (command && now - (record.commanded ?? 0) >= 1000) record.commanded = now
      record.active_from = this.activeFrom(record)
      return record
    })
  }

  /**
   * `find` for calls that need the endpoint.
   * @throws HttpError 404: it isn't there, or not established yet
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

  /** When the sensor checks in for a session, ms; null as long as nobody can say. */
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
        .filter(record => !this.#gone(record, now))
        .map(record => ({ ...record })),
    )
  }

  /** @throws HttpError 404: there is none of this id (any more) */
  async close(id: string): Promise<void> {
    const closed = await this.#change(state => {
      const record = own(state.sessions, id)
      if (record === undefined) return noSession(id)
      delete state.sessions[id]
      return record
    })
    await this.#cloud.store.remove(sessionDocument(closed))
  }

  /**
   * Disables Live Response on these devices for good; sessions on them end.
   * @returns the sessions that carried the order, one per device: those that there were, or new ones that are over at once
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

  /** Changes the state after taking out what has expired. A refusal is returned, not thrown, so that this much is saved even then. */
  async #change<R extends object>(change: (state: CloudState, now: number) => R | HttpError): Promise<R> {
    const now = this.#cloud.clock.now()
    const { expired, result } = await this.#cloud.state.update(state => {
      state.born ||= now
      const expired = Object.values(state.sessions).filter(record => this.#gone(record, now))
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

  /** Sessions that wait get the places that have become free, the oldest first. */
  #admit(state: CloudState, now: number): void {
    const { behaviour, devices, presence } = this.#cloud
    const free = behaviour.maxSessions - placed(state).length
    for (const record of Object.values(state.sessions)
      .filter(({ queued }) => queued !== undefined)
      .slice(0, Math.max(0, free))) {
      delete record.queued
      const device = devices.get(record.device_id)
      record.active_from = device === undefined || presence.away(device) ? null : now + behaviour.checkIn
    }
  }

  /** Whether a session has not been established in time, was idle for too long, or its device has been away for too long. */
  #gone(record: SessionRecord, now: number): boolean {
    const {
      devices,
      presence,
      behaviour: { checkInTimeout, sessionTimeout, commandTimeout, sessionQueue },
    } = this.#cloud
    if (record.queued !== undefined) return now >= record.queued + sessionQueue
    const device = devices.get(record.device_id)
    const active = this.activeFrom(record)
    if (active === null || now < active) return now >= record.created + checkInTimeout
    // A device that isn't there is one of another lab on the same state.
    const { from = Infinity, until = Infinity } = device === undefined ? {} : (presence.outage(device, active) ?? {})
    if (now >= from + checkInTimeout && until > from + checkInTimeout) return true
    return now >= Math.max(active, record.touched) + sessionTimeout || now >= Math.max(active, record.commanded ?? 0) + commandTimeout
  }
}

/** Whether Live Response works on a device. */
export function enabled(device: RosterDevice, presence: Presence, state: CloudState): boolean {
  return presence.enabled(device) && !state.killed.includes(device.id)
}

/** Sessions that don't wait for a place. */
function placed({ sessions }: CloudState): SessionRecord[] {
  return Object.values(sessions).filter(({ queued }) => queued === undefined)
}

function ofDevice(state: CloudState, deviceId: number): SessionRecord | undefined {
  return Object.values(state.sessions).find(record => record.device_id === deviceId)
}

/** A member of its own: an id out of a request may be `__proto__` or `toString`. */
function own<T>(record: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function copy<T extends object>(value: T | undefined): T | undefined {
  return value === undefined ? undefined : { ...value }
}

function noSession(id: string): HttpError {
  return new HttpError(404, `Session ${id} not found`)
}
