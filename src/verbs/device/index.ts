import type { VerbFamily } from '../organization/define.ts'

/** `cbc device`. */
export const DEVICE_FAMILY: VerbFamily = {
  path: 'device',
  verbs: [],
  groups: {},
}
