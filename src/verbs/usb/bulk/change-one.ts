import type { Approval } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { has } from '../approval-rules.ts'
import { changeOrVerify, removeOrVerify } from '../../shared/reconcile.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal' | 'clock' | 'change'>

/** Updates an approval ("Update Approval"). @throws CbcError */
export async function updateOne(after: Approval, needs: Needs): Promise<Approval> {
  const { usb, signal, change } = needs
  const { id, approval_name, notes } = after
  const made = async () => {
    const now = await usb.getApproval(id, { signal })
    return has(now, { approval_name: approval_name ?? '', notes: notes ?? '' }) ? now : undefined
  }
  return await changeOrVerify(
    () => change({ name: 'update approval', id, approval_name, notes }, () => usb.updateApproval(id, after, { signal })),
    made,
    needs,
  )
}

/** Deletes an approval ("Delete Approval by ID"). It is no error if it is already gone. @throws CbcError */
export async function deleteOne({ id }: Approval, needs: Needs): Promise<void> {
  const { usb, signal, change } = needs
  try {
    await change({ name: 'delete approval', id }, () =>
      removeOrVerify(
        () => usb.deleteApproval(id, { signal }),
        () => usb.getApproval(id, { signal }),
        needs,
      ),
    )
  } catch (error) {
    if (!(error instanceof CbcError) || error.code !== 'not_found') throw error
  }
}
