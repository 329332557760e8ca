import { CbcError } from '../../core/errors.ts'
import type { Connection } from '../../engine/connection.ts'
import { presenceOf } from '../../api/presence.ts'
import type { Bounded } from './time-limit.ts'
import { failed, failure, passed, skipped, type Finding } from './finding.ts'

/** How many devices are looked at: those with the latest contact. */
const DEVICES_LOOKED_AT = 1000

/** Checks whether Live Response is on for any device. @param now milliseconds since 1970 */
export async function checkLiveResponse({ devices }: Connection, bounded: Bounded, now: number): Promise<Finding> {
  const check = 'live response'
  try {
    const { results } = await bounded('the service does not answer', signal =>
      devices.search({ rows: DEVICES_LOOKED_AT, sort: [{ field: 'last_contact_time', order: 'DESC' }] }, { signal }),
    )
    if (results.length === 0) return skipped(check, 'the organization has no devices')
    const enabled = results.filter(({ sensor_states: states = [] }) => states.includes('LIVE_RESPONSE_ENABLED'))
    const on = enabled.length
    const online = enabled.filter(device => presenceOf(device, now) === 'online').length
    const all =
      results.length === DEVICES_LOOKED_AT ? `the ${DEVICES_LOOKED_AT} devices with the latest contact` : `${results.length} devices`
    if (on > 0) return passed(check, `on for ${on} of ${all}; ${online} online now`)
    return failed(
      check,
      'auth',
      `off for all of ${all}`,
      'switch it on in the policies of the devices (console: Enforce > Policies > Sensor)',
    )
  } catch (error) {
    if (error instanceof CbcError && error.facts.http_status === 403) return skipped(check, 'not checked: the key may not read devices')
    return failure(check, error)
  }
}
