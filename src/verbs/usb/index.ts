import type { VerbFamily } from '../organization/define.ts'

/** `cbc usb`. */
export const USB_FAMILY: VerbFamily = {
  path: 'usb',
  verbs: [],
  groups: { approval: 'USB devices that are approved', block: 'policies that block what is not approved', device: 'USB devices that were seen', product: 'vendors and products that were seen' },
}
