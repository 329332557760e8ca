import { LostAnswer } from '../../api/live-response.ts'
import { list, object, type Column, type Row } from '../../core/result.ts'
import { isoTime } from '../../core/time.ts'
import { label, type Target } from '../../remote/lifecycle.ts'
import { sessionForm } from '../../remote/normalize.ts'
import { DEVICE, value } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'

const COLUMNS: Column[] = [{ key: 'id' }, { key: 'device_id' }, { key: 'status' }]

export const disable = defineOrganizationVerb({
  name: 'disable',
  summary: 'disable Live Response on an endpoint, permanently',
  details: 'The kill switch: it can\'t be taken back from here; the sensor has to be installed anew. Open sessions on the device end. '
    + 'The device\'s name has to be typed, or given with --confirm; --yes is not enough.',
  examples: [{ line: 'disable SRV-FILE-02 --confirm SRV-FILE-02', does: 'without being asked' }],
  effect: 'destroy',
  arguments: { device: DEVICE },
  options: { confirm: value('--confirm <name>', 'the device\'s name, to say that it is meant') },
  async plan({ device: typed, confirm }, context) {
    const device = await context.device(typed)
    const known = await context.describe(device)
    const name = [known['name'], device.name].map(text => String(text ?? '')).find(text => text.trim() !== '') ?? String(device.id)
    return { targets: device, question: { what: `disable Live Response for good on ${name}`, to: facts(known) }, pledge: { name, given: confirm } }
  },
  async run(_input, context, device) {
    const answer = await context.change({ name: 'disable Live Response', device_id: device.id }, () => send(device, context))
    const rows = (Array.isArray(answer) ? answer : [answer]).filter((row): row is Row => typeof row === 'object' && row !== null).map(row => sessionForm(row))
    if (Array.isArray(answer)) return list(rows, COLUMNS)
    return object(rows[0] ?? { device_id: device.id }, COLUMNS)
  },
})

/** How often it is sent: a device that is disabled twice is as disabled as before. */
const ATTEMPTS = 3
/** Milliseconds between them. */
const REST = 1000

/** "Disable Live Response". Where the answer is lost, the device tells whether it is disabled. @returns the answer, or the device as it is now */
async function send(device: Target, context: OrganizationContext): Promise<unknown> {
  const { liveResponse, clock, signal } = context
  for (let attempt = 1; ; attempt++) {
    try {
      return await liveResponse.disable([device.id], { signal, what: `disable Live Response on ${label(device)}` })
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error
      if (await isDisabled(device, context)) return { device_id: device.id }
      if (attempt === ATTEMPTS) throw error.with(error.message, { device_id: device.id, hint: `\`cbc device get ${device.id}\` tells by its sensor_states` })
    }
    await clock.sleep(REST * attempt, signal)
  }
}

/** Whether the device says so; a key that may not read it doesn't know. */
async function isDisabled(device: Target, { describe, signal }: OrganizationContext): Promise<boolean> {
  try {
    const { sensor_states: states } = await describe(device)
    return Array.isArray(states) && states.includes('LIVE_RESPONSE_KILLED')
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** Enough of a device to see that it is the one. */
function facts(known: Row): string[] {
  const lines = { 'device id': known['id'], os: known['os_version'] ?? known['os'], policy: known['policy_name'], user: known['login_user_name'], 'last contact': isoTime(known['last_contact_time']) }
  return Object.entries(lines).filter(([, fact]) => fact != null && fact !== '').map(([name, fact]) => `${name}: ${String(fact)}`)
}
