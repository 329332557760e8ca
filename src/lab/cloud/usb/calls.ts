import type { Cloud } from '../cloud.ts'
import type { Jobs } from '../jobs.ts'
import type { Route } from '../router.ts'
import { approvalCalls } from './approval-calls.ts'
import { blockCalls } from './block-calls.ts'
import { usbDeviceCalls } from './device-calls.ts'
import { DeviceControl } from './device-control.ts'
import { exportCalls } from './export-calls.ts'

/** All calls of the Device Control document. */
export function deviceControlCalls(cloud: Cloud, jobs: Jobs): Route[] {
  const control = new DeviceControl(cloud)
  return [...exportCalls(cloud, control, jobs), ...approvalCalls(cloud, control), ...blockCalls(control), ...usbDeviceCalls(cloud, control)]
}
