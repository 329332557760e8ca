import { API_FAMILY } from '../verbs/api/index.ts'
import { DEVICE_FAMILY } from '../verbs/device/index.ts'
import type { VerbFamily } from '../verbs/define-organization.ts'
import { LIVE_RESPONSE_FAMILY } from '../verbs/live-response/index.ts'
import { USB_FAMILY } from '../verbs/usb/index.ts'

/** All verbs that need no session on an endpoint, by the command group that they belong to. */
export const FAMILIES = { lr: LIVE_RESPONSE_FAMILY, usb: USB_FAMILY, device: DEVICE_FAMILY, api: API_FAMILY } satisfies Record<
  string,
  VerbFamily
>
