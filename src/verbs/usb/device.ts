import { fieldsOf, list, object } from '../../core/result.ts'
import { many, required } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { DEVICE, DEVICE_ROW, DEVICE_WHOLE, ENDPOINT } from './columns.ts'
import { DEVICE_FILTERS, devicesWanted, SORT, sorted } from './filters.ts'
import { checkId, distinct } from './ids.ts'
import { hintAtNames } from './suggest-names.ts'
import { checkExtent, EXTENT, listOf } from '../shared/paging-options.ts'

export const deviceList = defineOrganizationVerb({
  name: 'device list',
  summary: 'list the USB devices that were seen',
  details: 'Names must match those of the service in full; `cbc usb product list` shows them.',
  examples: [
    { line: 'device list --status unapproved --vendor SanDisk', does: 'unapproved devices of a vendor, the last seen first' },
    { line: 'device list --product Ultra --sort last_seen:asc', does: 'devices of a product, the longest unseen first' },
    { line: 'device list --all', does: 'all devices, without a limit' },
  ],
  effect: 'read',
  fields: DEVICE_ROW,
  identity: { key: ['id'] },
  arguments: {},
  options: { ...DEVICE_FILTERS, sort: SORT, ...EXTENT },
  check: checkExtent,
  async run(input, context) {
    const wanted = { ...devicesWanted(input), ...sorted(input.sort) }
    return listOf(
      options => context.usb.allDevices(wanted, options),
      input,
      DEVICE,
      context,
      'no USB devices',
      () => hintAtNames(input, context),
    )
  },
})

const DEVICES = many('text', 'id of the USB device')

export const deviceGet = defineOrganizationVerb({
  name: 'device get',
  summary: 'show USB devices that were seen',
  examples: [{ line: 'device get 774', does: 'all fields of a device' }],
  effect: 'read',
  fields: DEVICE_ROW,
  arguments: { usbDevice: DEVICES },
  options: {},
  check: ({ usbDevice }) => {
    for (const id of usbDevice) checkId(id, 'USB device', 'device list')
  },
  async run({ usbDevice }, { usb, signal }) {
    const ids = distinct(usbDevice)
    const [only = ''] = ids
    if (ids.length === 1) return object({ ...(await usb.getDevice(only, { signal })) }, DEVICE_WHOLE)
    return list(
      forEachItem(
        ids,
        id => ({ id }),
        async id => ({ ...(await usb.getDevice(id, { signal })) }),
      ),
      DEVICE,
    )
  },
})

export const deviceEndpoints = defineOrganizationVerb({
  name: 'device endpoints',
  summary: 'list the endpoints on which a USB device was seen',
  examples: [{ line: 'device endpoints 774', does: 'each endpoint with its policy, and when the device was seen there' }],
  effect: 'read',
  fields: fieldsOf(ENDPOINT, 'id', 'created_at', 'updated_at'),
  arguments: { usbDevice: required('text', 'id of the USB device') },
  options: {},
  check: ({ usbDevice }) => checkId(usbDevice, 'USB device', 'device list'),
  async run({ usbDevice }, { usb, signal }) {
    return list(
      (await usb.listEndpoints(usbDevice, { signal })).map(endpoint => ({ ...endpoint })),
      ENDPOINT,
      'no endpoints',
    )
  },
})
