import { parseTime } from '../core/time.ts'
import type { Device } from './devices.ts'

/** A sensor with a contact within this time counts as online, milliseconds. */
const ONLINE_WITHIN_MS = 15 * 60_000

/** Statuses of a device whose sensor is gone. */
const RETIRED = ['DEREGISTERED', 'UNINSTALLED', 'DELETED']

/** Whether a device is only an old record: a reinstalled machine gets a new one, of the same name. */
export function isRetired({ status }: { status?: unknown }): boolean {
  return RETIRED.includes(String(status ?? '').toUpperCase())
}

/**
 * Whether Live Response can reach the device: it is disabled, or the sensor had contact recently, or not.
 * @param now milliseconds since 1970
 */
export function presenceOf({ sensor_states, last_contact_time: time }: Device, now: number): 'online' | 'offline' | 'disabled' {
  // NOT_RUNNING only says that there is no session now.
  const known = (Array.isArray(sensor_states) ? sensor_states : []).map(String).filter(state => state.startsWith('LIVE_RESPONSE_'))
  if (known.includes('LIVE_RESPONSE_KILLED') || (known.length > 0 && !known.includes('LIVE_RESPONSE_ENABLED'))) return 'disabled'
  const last = parseTime(time)
  return last !== undefined && now - last < ONLINE_WITHIN_MS ? 'online' : 'offline'
}
