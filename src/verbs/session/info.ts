import { fieldsOf, object, type Column, type Row } from '../../core/result.ts'
import { sessionForm } from '../../remote/normalize.ts'
import { deviceForm } from '../device/form.ts'
import { defineVerb } from '../define.ts'

const line = (part: 'device' | 'session', key: string, title = key): Column => ({
  key: `${part}.${key}`,
  title,
  text: row => text((row[part] as Row)[key]),
  ...(key.endsWith('_time') ? { kind: 'time' } : {}),
})

const COLUMNS: Column[] = [
  line('device', 'name', 'device'),
  line('device', 'id', 'device_id'),
  line('device', 'os'),
  line('device', 'os_version'),
  line('device', 'policy_name'),
  line('device', 'login_user_name'),
  line('device', 'last_internal_ip_address'),
  line('device', 'last_contact_time'),
  line('device', 'sensor_version'),
  line('session', 'id', 'session'),
  line('session', 'status'),
  line('session', 'create_time'),
  line('session', 'current_working_directory'),
  line('session', 'drives'),
  line('session', 'supported_commands'),
  line('session', 'current_command_index', 'commands_issued'),
]

export const info = defineVerb({
  name: 'info',
  summary: 'show the device and the session',
  examples: [{ line: 'info', does: 'what this device is, and which commands it supports' }],
  effect: 'read',
  fields: fieldsOf(COLUMNS, 'device', 'session'),
  needs: [],
  arguments: {},
  options: {},
  async run(_input, { session, describe, notice, signal }) {
    const [device] = await Promise.all([
      describe(why => notice(`info: device details are not available: ${why}`)),
      session.keepAlive(signal),
    ])
    return object({ device: deviceForm(device), session: sessionForm(session.info) }, COLUMNS)
  },
})

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}
