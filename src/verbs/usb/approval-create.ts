import type { Approval, ApprovalFields } from '../../api/device-control.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { list, type Row } from '../../core/result.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { FIELDS, given } from './approval-options.ts'
import { has, problemsOf } from './approval-rules.ts'
import { APPROVAL_DONE } from './columns.ts'
import { orFoundOut } from './reconcile.ts'
import { approvalFor, conflict, taken } from './conflict.ts'

export const approvalCreate = defineOrganizationVerb({
  name: 'approval create',
  summary: 'approve USB devices by vendor, product and serial number',
  details: 'What is left out is not looked at: a vendor id alone approves all that this vendor makes. `cbc usb approve` does it for a device that was seen. '
    + 'Where there is an approval for the same devices with the same name and notes, action is unchanged.',
  examples: [
    { line: 'approval create --vendor-id 0x0781 --product-id 0x5581 --serial-number 4C531001331122115172 --name \'Example Approval\' --notes \'A few notes\'', does: 'one stick' },
    { line: 'approval create --vendor-id 0951 --name \'Issued by IT\'', does: 'all of a vendor' },
  ],
  effect: 'change',
  arguments: {},
  options: FIELDS,
  check(input) {
    const [problem] = problemsOf(given(input))
    if (problem !== undefined) throw usage(`approval create: ${problem}`, 'give --vendor-id, --product-id, --serial-number as `cbc usb device list -o json` shows them')
  },
  run: async (input, context) => list([await create(given(input), context)], APPROVAL_DONE),
})

/** What was done: `{action, …approval}`. @throws CbcError remote: there is another one for the same devices */
async function create(fields: ApprovalFields, context: OrganizationContext): Promise<Row> {
  const before = await approvalFor(fields, context)
  if (before !== undefined) {
    if (has(before, fields)) return { action: 'unchanged', ...before }
    throw taken('create approval', before)
  }
  try {
    const made = await approved(fields, context)
    return { action: 'create', ...made }
  } catch (error) {
    throw await conflict('create approval', error, fields, context)
  }
}

/** "Bulk Create Approvals", of one that isn't there. */
export async function approved(fields: ApprovalFields, context: OrganizationContext): Promise<Approval> {
  const { usb, signal, change } = context
  const [made] = await change({ name: 'create approval', ...fields }, () => orFoundOut(() => usb.createApprovals([fields], { signal, what: 'create approval' }), async () => {
    const found = await approvalFor(fields, context)
    return found !== undefined && has(found, fields) ? [found] : undefined
  }, context))
  if (made === undefined) throw new CbcError('unknown_outcome', 'create approval: the service\'s answer has no approval; it may or may not be there', { hint: 'look with `cbc usb approval list`' })
  return made
}
