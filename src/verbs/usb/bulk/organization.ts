import type { Approval, Found } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal' | 'progress'>

/**
 * Yields all approvals of the organization as they arrive.
 * @throws CbcError network: the service returned fewer than it has. A file must not be compared with a part of them, since the missing ones
 *   would be created again
 */
export async function* allOfOrganization({ usb, signal, progress }: Needs): AsyncGenerator<Approval> {
  let page: Found<unknown> | undefined
  let count = 0
  progress.step('read the existing approvals')
  try {
    for await (const approval of usb.allApprovals(
      {},
      {
        signal,
        onPage: came => {
          page = came
        },
      },
    )) {
      count += 1
      yield approval
    }
  } finally {
    progress.end()
  }
  if (page !== undefined && count < page.num_found) {
    throw new CbcError('network', `search approvals: the service returned only ${count} of ${page.num_found} approvals`, {
      hint: 'the list is incomplete, and nothing can be compared with it: try again',
    })
  }
}

/**
 * Returns those of the organization's approvals that are wanted, by their devices (`devicesOf`).
 * @throws CbcError network
 */
export async function approvalsOf(wanted: { has(devices: string): boolean }, context: Needs): Promise<Map<string, Approval>> {
  const found = new Map<string, Approval>()
  for await (const approval of allOfOrganization(context)) {
    const devices = devicesOf(approval)
    if (wanted.has(devices) && !found.has(devices)) found.set(devices, approval)
  }
  return found
}
