import type { Presence } from '../behaviour/presence.ts'
import { macAddress } from '../mac-address.ts'
import { pick } from '../windows/seed/hash.ts'
import { priorityOf, type Priority } from './policies.ts'
import { computerName, type RosterDevice } from './roster.ts'
import { enabled } from './sessions.ts'
import type { CloudState } from './state.ts'

/** A device as documented in "Neighbouring APIs". */
export interface DeviceView {
  id: number
  name: string
  os: 'WINDOWS' | 'LINUX' | 'MAC'
  os_version: string
  policy_id: number
  policy_name: string
  current_sensor_policy_name: string
  last_contact_time: string
  /** When it last sent events; never later than `last_contact_time`. */
  last_reported_time: string
  registered_time: string
  last_internal_ip_address: string
  last_external_ip_address: string
  last_location: 'ONSITE' | 'OFFSITE'
  mac_address: string
  login_user_name: string
  email: string
  first_name: null
  last_name: null
  device_owner_id: number
  ad_group_id: number
  sensor_version: string
  deployment_type: 'ENDPOINT' | 'WORKLOAD'
  target_priority: Priority
  status: string
  quarantined: boolean
  sensor_states: string[]
}

const MINUTE_MS = 60_000
/** How often a sensor reports. */
const REPORT_INTERVAL_MS = 5 * MINUTE_MS

/** Returns a device as the API shows it. @param now ms since 1970 */
export function deviceView(device: RosterDevice, state: CloudState, presence: Presence, now: number): DeviceView {
  return {
    id: device.id,
    name: device.name,
    os: osOf(device),
    os_version: device.os_version,
    policy_id: device.policy_id,
    policy_name: device.policy_name,
    current_sensor_policy_name: device.policy_name,
    ...times(device, presence, state, now),
    ...network(device),
    ...owner(device),
    sensor_version: device.sensor_version,
    deployment_type: isServer(device) ? 'WORKLOAD' : 'ENDPOINT',
    target_priority: priorityOf(device.policy_id),
    status: 'REGISTERED',
    quarantined: state.quarantined?.includes(device.id) ?? false,
    sensor_states: ['ACTIVE', ...liveResponseStates(device, presence, state)],
  }
}

function times(device: RosterDevice, presence: Presence, state: CloudState, now: number) {
  const contact = lastContact(device, presence, state.born, now)
  return {
    last_contact_time: new Date(contact).toISOString(),
    last_reported_time: new Date(contact - (device.id % 5) * MINUTE_MS).toISOString(),
    registered_time: new Date(state.born - (300 + (device.id % 100)) * 24 * 60 * MINUTE_MS).toISOString(),
  }
}

function network({ id, name, last_internal_ip_address: address }: RosterDevice) {
  const offSite = !address.startsWith('10.') && !address.startsWith('127.')
  return {
    last_internal_ip_address: address,
    last_external_ip_address: offSite ? `192.0.2.${(id % 100) + 120}` : '192.0.2.20',
    last_location: offSite ? ('OFFSITE' as const) : ('ONSITE' as const),
    mac_address: macAddress(computerName(name)).join('').toLowerCase(),
  }
}

function owner({ login_user_name: user }: RosterDevice) {
  const account = user.slice(user.indexOf('\\') + 1)
  return {
    login_user_name: user,
    email: `${account}@corp.example`,
    first_name: null,
    last_name: null,
    device_owner_id: pick(user, 10_000, 99_999),
    ad_group_id: 0,
  }
}

function isServer({ endpoint }: RosterDevice): boolean {
  if (endpoint.kind === 'windows') return endpoint.role === 'server'
  return endpoint.kind === 'linux' || (endpoint.kind === 'none' && endpoint.os === 'LINUX')
}

/**
 * Returns when the sensor last made contact, ms since 1970: a reachable one reports every five minutes, an offline one last did so before
 * the lab was created.
 * @param born when the lab's state was created, ms since 1970
 */
export function lastContact(device: RosterDevice, presence: Presence, born: number, now: number): number {
  const outage = presence.outage(device)
  const last = outage !== undefined && now >= outage.from && now < outage.until ? outage.from : now
  const known = born - device.contact * MINUTE_MS
  const first = Number.isFinite(last) ? Math.min(known, last) : known
  return first + Math.floor(Math.max(last - first, 0) / REPORT_INTERVAL_MS) * REPORT_INTERVAL_MS
}

function osOf({ endpoint, os_version }: RosterDevice): DeviceView['os'] {
  if (endpoint.kind === 'none') return endpoint.os
  // The endpoint that is this machine may be a Mac too.
  if (os_version.startsWith('MAC')) return 'MAC'
  return endpoint.kind === 'windows' ? 'WINDOWS' : 'LINUX'
}

function liveResponseStates(device: RosterDevice, presence: Presence, state: CloudState): string[] {
  if (enabled(device, presence, state)) return ['LIVE_RESPONSE_ENABLED', 'LIVE_RESPONSE_NOT_RUNNING', 'LIVE_RESPONSE_NOT_KILLED']
  return ['LIVE_RESPONSE_NOT_RUNNING', state.killed.includes(device.id) ? 'LIVE_RESPONSE_KILLED' : 'LIVE_RESPONSE_NOT_KILLED']
}
