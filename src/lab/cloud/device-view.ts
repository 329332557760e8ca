import type { Presence } from '../behaviour/presence.ts'
import type { RosterDevice } from './roster.ts'
import { enabled } from './sessions.ts'
import type { CloudState } from './state.ts'

/** A device as "Neighbouring APIs" has it. */
export interface DeviceView {
  id: number
  name: string
  os: 'WINDOWS' | 'LINUX' | 'MAC'
  os_version: string
  policy_id: number
  policy_name: string
  last_contact_time: string
  last_internal_ip_address: string
  login_user_name: string
  sensor_version: string
  status: string
  quarantined: boolean
  sensor_states: string[]
}

const MINUTE = 60_000
/** How often a sensor reports. */
const PERIOD = 5 * MINUTE

/** @param now ms since 1970 */
export function deviceView(device: RosterDevice, state: CloudState, presence: Presence, now: number): DeviceView {
  return {
    id: device.id,
    name: device.name,
    os: osOf(device),
    os_version: device.os_version,
    policy_id: device.policy_id,
    policy_name: device.policy_name,
    last_contact_time: new Date(lastContact(device, presence, state.born, now)).toISOString(),
    last_internal_ip_address: device.last_internal_ip_address,
    login_user_name: device.login_user_name,
    sensor_version: device.sensor_version,
    status: 'REGISTERED',
    quarantined: state.quarantined?.includes(device.id) ?? false,
    sensor_states: ['ACTIVE', ...liveResponseStates(device, presence, state)],
  }
}

/**
 * When the sensor was last heard of, ms since 1970: one that is there reports every five minutes, one that is offline was last heard of
 * before the lab was made.
 * @param born when the lab's state was made
 */
export function lastContact(device: RosterDevice, presence: Presence, born: number, now: number): number {
  const first = born - device.contact * MINUTE
  const outage = presence.outage(device)
  const last = outage !== undefined && now >= outage.from && now < outage.until ? outage.from : now
  return first + Math.floor(Math.max(last - first, 0) / PERIOD) * PERIOD
}

function osOf({ endpoint }: RosterDevice): DeviceView['os'] {
  if (endpoint.kind === 'none') return endpoint.os
  return endpoint.kind === 'windows' ? 'WINDOWS' : 'LINUX'
}

function liveResponseStates(device: RosterDevice, presence: Presence, state: CloudState): string[] {
  if (enabled(device, presence, state)) return ['LIVE_RESPONSE_ENABLED', 'LIVE_RESPONSE_NOT_RUNNING', 'LIVE_RESPONSE_NOT_KILLED']
  return ['LIVE_RESPONSE_NOT_RUNNING', state.killed.includes(device.id) ? 'LIVE_RESPONSE_KILLED' : 'LIVE_RESPONSE_NOT_KILLED']
}
