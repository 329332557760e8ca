import { object } from '../../core/result.ts'
import { DEVICE } from '../define.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { DEVICE_FIELDS, deviceForm, objectColumns } from './form.ts'

export const deviceGet = defineOrganizationVerb({
  name: 'get',
  summary: 'show a device',
  details:
    "A device is named by its id; by its name, whatever the case and with or without its domain; by a pattern such as 'WIN-FIN-*'; by query: and what the console's search takes; " +
    'or by @FILE, a list of these with one a line, # for comments, @- for stdin. Several are separated by commas. It is so wherever a command takes a device.',
  examples: [
    { line: 'get WIN-FIN-01', does: 'by name' },
    { line: 'get 11412673 --json', does: 'by id, all that the service says of it' },
  ],
  effect: 'read',
  fields: DEVICE_FIELDS,
  arguments: { device: DEVICE },
  options: {},
  async run({ device }, { device: resolve, devices, clock, signal }) {
    const { id } = await resolve(device)
    const found = deviceForm(await devices.get(id, { signal }))
    return object(found, objectColumns(clock.now(), found))
  },
})
