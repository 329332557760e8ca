import type { DeviceView } from './device-view.ts'
import { asObject, HttpError } from './http.ts'
import { computerName } from './roster.ts'
import type { Facets } from './search/facet.ts'
import { parseQuery } from './search/query.ts'
import { oneOf, type Criterion, type Searchable } from './search/search.ts'

const DEFAULT_ROWS = 20
const STATUSES = [
  'ALL',
  'ACTIVE',
  'INACTIVE',
  'REGISTERED',
  'PENDING',
  'UNINSTALLED',
  'DEREGISTERED',
  'ERROR',
  'LIVE',
  'DELETED',
  'BYPASS',
  'BYPASS_ON',
  'QUARANTINE',
  'SENSOR_OUTOFDATE',
  'SENSOR_PENDING_UPDATE',
]
const HOUR_MS = 3_600_000
const UNITS: Record<string, number> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS }

/** Names of fields in queries, where they differ from those in answers. */
const ALIASES: Record<string, keyof DeviceView> = { policy: 'policy_name' }

/**
 * Returns the search options of devices ("Neighbouring APIs").
 * @param now ms since 1970
 */
export function searchableDevices(now: number): Searchable<DeviceView> {
  return {
    criteria: {
      id: field('id'),
      name: oneOf(namesOf),
      os: oneOf(({ os }) => [os], ['WINDOWS', 'MAC', 'LINUX', 'OTHER']),
      os_version: field('os_version'),
      policy_id: field('policy_id'),
      policy_name: field('policy_name'),
      last_internal_ip_address: field('last_internal_ip_address'),
      login_user_name: field('login_user_name'),
      sensor_version: field('sensor_version'),
      sensor_states: field('sensor_states'),
      deployment_type: oneOf(({ deployment_type }) => [deployment_type], ['ENDPOINT', 'WORKLOAD', 'VDI', 'AWS', 'AZURE', 'GCP']),
      target_priority: oneOf(({ target_priority }) => [target_priority], ['LOW', 'MEDIUM', 'HIGH', 'MISSION_CRITICAL']),
      ad_group_id: field('ad_group_id'),
      status: oneOf(statusesOf, STATUSES),
      last_contact_time: contactIn(now),
    },
    query: text => parseQuery(text, textsOf),
    sort: Object.fromEntries(SORTABLE.map(name => [name, (device: DeviceView) => device[name]])),
    rows: DEFAULT_ROWS,
  }
}

const SORTABLE = [
  'id',
  'name',
  'os',
  'os_version',
  'policy_id',
  'policy_name',
  'last_contact_time',
  'last_internal_ip_address',
  'login_user_name',
  'sensor_version',
  'status',
  'last_reported_time',
  'registered_time',
  'deployment_type',
  'target_priority',
] as const satisfies (keyof DeviceView)[]

/** The fields that devices can be counted by. */
export const DEVICE_FACETS: Facets<DeviceView> = {
  policy_id: ({ policy_id }) => [String(policy_id)],
  status: ({ status }) => [status],
  os: ({ os }) => [os],
  ad_group_id: ({ ad_group_id }) => [String(ad_group_id)],
  deployment_type: ({ deployment_type }) => [deployment_type],
}

function field(name: keyof DeviceView): Criterion<DeviceView> {
  return oneOf(device => [device[name]].flat().map(String))
}

/** Returns a device's name with and without its domain. */
function namesOf({ name }: DeviceView): string[] {
  return [name, computerName(name)]
}

/** Returns all statuses that find a device: ALL fits every device, ACTIVE every registered one, QUARANTINE every quarantined one. */
function statusesOf({ status, quarantined }: DeviceView): string[] {
  return [status, 'ALL', ...(status === 'REGISTERED' ? ['ACTIVE'] : []), ...(quarantined ? ['QUARANTINE'] : [])]
}

/** Takes `{"start", "end"}`, both ISO 8601, or `{"range": "-3d"}`: the last hours, days or weeks. */
function contactIn(now: number): Criterion<DeviceView> {
  return (wanted, name) => {
    const { range, start, end } = asObject(wanted) ?? {}
    const [first, last] = range === undefined ? [timeOf(start), timeOf(end)] : [now - lengthOf(range), now]
    if (Number.isNaN(first) || Number.isNaN(last)) throw new HttpError(400, `${name} must have start and end, or a range such as -3d`)
    return ({ last_contact_time }) => Date.parse(last_contact_time) >= first && Date.parse(last_contact_time) <= last
  }
}

function timeOf(value: unknown): number {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : NaN
}

function lengthOf(range: unknown): number {
  const [, count, unit = ''] = /^-(\d{1,5})([hdw])$/.exec(String(range)) ?? []
  return count === undefined ? NaN : Number(count) * (UNITS[unit] ?? NaN)
}

function textsOf(device: DeviceView, name: string | undefined): string[] {
  if (name === undefined)
    return Object.values(device)
      .flat()
      .filter(value => value !== null)
      .map(String)
  const key = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
  if (key === 'name') return namesOf(device)
  return Object.hasOwn(device, key) ? [device[key as keyof DeviceView]].flat().map(String) : []
}
