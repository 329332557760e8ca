import { object } from '../../core/result.ts'
import { DEVICE } from '../define.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { DEVICE_FIELDS, deviceForm, objectColumns } from './form.ts'

export const deviceGet = defineOrganizationVerb({
  name: 'get',
  summary: 'show a device',
  details:
    "Give a device by its id; by its name, in any case and with or without its domain; by a pattern such as 'WIN-FIN-*'; by query: followed by a search as in the console; " +
    'or by @FILE, which lists any of these, one per line, with # for comments (@- reads standard input). Separate several with commas. This applies to every command that takes a device.',
  examples: [
    { line: 'get WIN-FIN-01', does: 'by name' },
    { line: 'get 11412673 --json', does: 'by id, with everything the service knows about it' },
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
