import { LostAnswer } from '../../core/lost-answer.ts'
import { fieldsOf, list, object, type Column, type Row } from '../../core/result.ts'
import { isoTime } from '../../core/time.ts'
import { label, type Target } from '../../remote/lifecycle.ts'
import { sessionForm } from '../../remote/normalize.ts'
import { many, values } from '../define.ts'
import { changeOrVerify } from '../shared/reconcile.ts'
import { defineOrganizationVerb, type OrganizationContext, type NameConfirmation } from '../define-organization.ts'
import { ALL } from './session.ts'

const COLUMNS: Column[] = [{ key: 'id' }, { key: 'device_id' }, { key: 'status' }]

export const disable = defineOrganizationVerb({
  name: 'disable',
  summary: 'disable Live Response on endpoints, permanently',
  details:
    "The kill switch: it can't be undone from here; the sensor has to be reinstalled. Open sessions on the device end. " +
    'The name of each device has to be typed, or given with --confirm. --yes is not enough.',
  examples: [
    { line: 'disable SRV-FILE-02 --confirm SRV-FILE-02', does: 'without a question' },
    { line: 'disable WIN-HR-01 WIN-ENG-07 --confirm WIN-HR-01 --confirm WIN-ENG-07', does: 'two devices' },
  ],
  effect: 'destroy',
  fields: fieldsOf([...COLUMNS, ...ALL], 'hostname', 'address', 'os_version'),
  arguments: { device: many('device', 'ids, names or patterns: see `cbc device get --help`') },
  options: { confirm: values('--confirm <name>', "a device's name, as confirmation; may be repeated") },
  async plan({ device: typed, confirm }, context) {
    const devices = await context.targets(typed)
    return {
      targets: devices,
      nameConfirmation: {
        things: await Promise.all(devices.map(device => thing(device, context))),
        given: confirm.flatMap(text => text.split(',')),
      },
    }
  },
  async run(_input, context, devices) {
    const answer = await context.change(
      { name: 'disable Live Response', device_id: devices.length === 1 ? devices[0]?.id : devices.map(({ id }) => id) },
      () => send(devices, context),
    )
    const sessions = answer.map(sessionForm)
    const rows = devices.map(({ id }): Row => ({ device_id: id, ...sessions.find(({ device_id }) => Number(device_id) === id) }))
    return devices.length === 1 ? object(rows[0] ?? {}, COLUMNS) : list(rows, COLUMNS)
  },
})

/** Describes what is about to happen to a device, and the name to type for it. */
async function thing(device: Target, context: OrganizationContext): Promise<NameConfirmation['things'][number]> {
  const known = await context.describe(device)
  const name = [known['name'], device.name].map(text => String(text ?? '')).find(text => text.trim() !== '') ?? String(device.id)
  return { question: { what: `disable Live Response for good on ${name}`, to: facts(known) }, name }
}

function what(devices: readonly Target[]): string {
  return `disable Live Response on ${devices.map(label).join(', ')}`
}

/** A hint on how to see whether it worked. */
function look([first]: readonly Target[]): string {
  return `\`cbc device get ${first?.id}\` shows it in sensor_states`
}

/**
 * Disables Live Response ("Disable Live Response"). If the answer is lost, the devices themselves tell whether it is disabled. Sending it
 * twice does no harm.
 * @returns the answer, or an empty list if it was lost but the devices are disabled
 */
async function send(devices: readonly Target[], context: OrganizationContext): Promise<Row[]> {
  const { liveResponse, signal } = context
  try {
    return await changeOrVerify(
      async () =>
        await liveResponse.disable(
          devices.map(({ id }) => id),
          { signal, what: what(devices) },
        ),
      async () => ((await areDisabled(devices, context)) ? [] : undefined),
      context,
    )
  } catch (error) {
    throw error instanceof LostAnswer
      ? error.with(error.message, { ...(devices[0] === undefined ? {} : { device_id: devices[0].id }), hint: look(devices) })
      : error
  }
}

/** Whether all devices report that Live Response is disabled. False if the key may not read devices. */
async function areDisabled(devices: readonly Target[], { describe, signal }: OrganizationContext): Promise<boolean> {
  try {
    for (const device of devices) {
      const { sensor_states: states } = await describe(device)
      if (!Array.isArray(states) || !states.includes('LIVE_RESPONSE_KILLED')) return false
    }
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** The facts by which a person recognizes the device. */
function facts(known: Row): string[] {
  const lines = {
    'device id': known['id'],
    os: known['os_version'] ?? known['os'],
    policy: known['policy_name'],
    user: known['login_user_name'],
    'last contact': isoTime(known['last_contact_time']),
  }
  return Object.entries(lines)
    .filter(([, fact]) => fact != null && fact !== '')
    .map(([name, fact]) => `${name}: ${String(fact)}`)
}
