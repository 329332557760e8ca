import type { Approval } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { OrganizationContext } from '../../organization/define.ts'
import { orFoundOut } from '../found-out.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal' | 'change'>

/** "Update Approval". @throws CbcError */
export async function updateOne(after: Approval, { usb, signal, change }: Needs): Promise<Approval> {
  const { id, approval_name, notes } = after
  const made = async () => {
    const now = await usb.getApproval(id, { signal })
    return now.approval_name === approval_name && now.notes === notes ? now : undefined
  }
  return await orFoundOut(() => change({ name: 'update approval', id, approval_name, notes }, () => usb.updateApproval(id, after, { signal })), made)
}

/** "Delete Approval by ID"; one that is gone already is deleted. @throws CbcError */
export async function deleteOne({ id }: Approval, { usb, signal, change }: Needs): Promise<void> {
  try {
    await change({ name: 'delete approval', id }, () => usb.deleteApproval(id, { signal }))
  } catch (error) {
    if (!(error instanceof CbcError) || error.code !== 'not_found') throw error
  }
}
