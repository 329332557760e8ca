import { list, object, type Column, type Row } from '../../core/result.ts'
import { isoTime } from '../../core/time.ts'
import { label, type Target } from '../../remote/lifecycle.ts'
import { sessionForm } from '../../remote/normalize.ts'
import { required, value } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from './define.ts'

const COLUMNS: Column[] = [{ key: 'id' }, { key: 'device_id' }, { key: 'status' }]

export const disable = defineOrganizationVerb({
  name: 'disable',
  summary: 'disable Live Response on an endpoint, permanently',
  details: 'The kill switch: it can\'t be taken back from here; the sensor has to be installed anew. Open sessions on the device end. '
    + 'The device\'s name has to be typed, or given with --confirm; --yes is not enough.',
  examples: [{ line: 'disable SRV-FILE-02 --confirm SRV-FILE-02', does: 'without being asked' }],
  effect: 'destroy',
  arguments: { device: required('text', 'device id or name') },
  options: { confirm: value('--confirm <name>', 'the device\'s name, to say that it is meant') },
  async pledge({ device: typed, confirm }, context) {
    const device = await context.device(typed)
    const known = await context.describe(device)
    const name = String(known['name'] ?? device.name ?? device.id)
    return { warning: `disable Live Response for good on ${name}\n${facts(known)}`, name, given: confirm }
  },
  async run({ device: typed }, context) {
    const device = await context.device(typed)
    const answer = await context.change({ name: 'disable Live Response', device_id: device.id }, () => send(device, context))
    const rows = (Array.isArray(answer) ? answer : [answer]).filter((row): row is Row => typeof row === 'object' && row !== null).map(row => sessionForm(row))
    if (Array.isArray(answer)) return list(rows, COLUMNS)
    return object(rows[0] ?? { device_id: device.id }, COLUMNS)
  },
})

/** "Disable Live Response". */
async function send(device: Target, { liveResponse, signal }: OrganizationContext): Promise<unknown> {
  return await liveResponse.disable([device.id], { signal, what: `disable Live Response on ${label(device)}` })
}

/** Enough of a device to see that it is the one. */
function facts(known: Row): string {
  const lines = { 'device id': known['id'], os: known['os_version'] ?? known['os'], policy: known['policy_name'], user: known['login_user_name'], 'last contact': isoTime(known['last_contact_time']) }
  return Object.entries(lines).filter(([, fact]) => fact != null && fact !== '').map(([name, fact]) => `  ${name}: ${String(fact)}`).join('\n')
}
