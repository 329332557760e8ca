import type { Device, Devices } from '../api/devices.ts'
import { presenceOf } from '../api/presence.ts'
import { isoTime, parseTime, relativeTime } from '../core/time.ts'

/** What the inventory says of a device. */
export interface Presence {
  name: string
  /** Why it doesn't answer: its last contact; undefined where it should be online. */
  absence?: string
}

/** Devices a request. */
const DEVICES_PER_SEARCH = 1000

/**
 * Looks many devices up at once ("Devices"): a request for each thousand.
 * @param now milliseconds since 1970
 * @throws CbcError auth: devices may not be read; network
 */
export async function presencesOf(
  devices: Devices,
  ids: readonly number[],
  now: number,
  signal: AbortSignal,
): Promise<Map<number, Presence>> {
  const found = new Map<number, Presence>()
  for (let at = 0; at < ids.length; at += DEVICES_PER_SEARCH) {
    const criteria = { id: ids.slice(at, at + DEVICES_PER_SEARCH) }
    for await (const device of devices.all({ criteria }, { signal })) {
      const why = absenceOf(device, now)
      found.set(device.id, { name: device.name, ...(why === undefined ? {} : { absence: why }) })
    }
  }
  return found
}

/** Says why a device may not answer: its last contact; undefined where it should be online. @param now milliseconds since 1970 */
export function absenceOf(device: Device, now: number): string | undefined {
  if (presenceOf(device, now) !== 'offline') return undefined
  const last = parseTime(device.last_contact_time)
  return last === undefined
    ? 'and has never made contact'
    : `last contact ${relativeTime(Math.min(last, now), now)}, ${String(isoTime(last))}`
}
