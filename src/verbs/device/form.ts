import type { Device } from '../../api/devices.ts'
import { presenceOf } from '../../api/presence.ts'
import type { Column, Row } from '../../core/result.ts'
import { isoTime } from '../../core/time.ts'

/** A device in the documented form: the API's own fields, times ISO 8601. */
export function deviceForm(device: Device | Row): Row {
  return Object.fromEntries(Object.entries(device).map(([key, value]) => [key, key.endsWith('_time') ? isoTime(value) : value]))
}

/** To the second: the rest is in JSON. */
const CONTACT: Column = { key: 'last_contact_time', title: 'last contact', flexible: true, text: row => String(row['last_contact_time'] ?? '').replace(/\.\d+Z$/, 'Z') }

/** Whether Live Response would find somebody there. @param now milliseconds since 1970 */
const reachable = (now: number, title: string): Column => ({ key: 'live_response', title, text: row => presenceOf(row as unknown as Device, now) })

/** What a list shows. */
export function listColumns(now: number): Column[] {
  return [
    { key: 'name' }, { key: 'id' }, reachable(now, 'state'), { key: 'os' }, { key: 'policy_name', title: 'policy', flexible: true },
    { key: 'login_user_name', title: 'user', flexible: true }, CONTACT,
  ]
}

/** What is shown of one: what everybody asks for first, then all else that the service says. */
export function objectColumns(now: number, device: Row): Column[] {
  const first: Column[] = [
    { key: 'id' }, { key: 'name' }, reachable(now, 'live response'), { key: 'os' }, { key: 'os_version' }, { key: 'policy_name' }, { key: 'policy_id' }, { key: 'login_user_name' },
    { key: 'last_internal_ip_address' }, { key: 'last_contact_time' }, { key: 'sensor_version' }, { key: 'status' }, { key: 'sensor_states' },
  ]
  const known = new Set(first.map(({ key }) => key))
  return [...first, ...Object.keys(device).filter(key => !known.has(key)).map(key => ({ key }))]
}
