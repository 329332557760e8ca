import { list, object } from '../../core/result.ts'
import { many } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { APPROVAL, APPROVAL_ROW, APPROVAL_WHOLE } from './columns.ts'
import { APPROVAL_FILTERS, approvalsWanted } from './filters.ts'
import { checkId, distinct } from './ids.ts'
import { hintAtNames } from './suggest-names.ts'
import { checkExtent, EXTENT, listOf } from '../shared/paging-options.ts'

export const approvalList = defineOrganizationVerb({
  name: 'approval list',
  summary: 'list the approvals',
  details:
    'VID and PID are the ids of vendor and product. Names must match those of the service in full; `cbc usb product list` shows them.',
  examples: [
    { line: 'approval list --vendor SanDisk', does: 'the approvals for a vendor' },
    { line: 'approval list --device-id 774', does: 'the approvals that cover a USB device' },
    { line: 'approval list --all', does: 'all approvals, without a limit' },
  ],
  effect: 'read',
  fields: APPROVAL_ROW,
  identity: { key: ['id'] },
  arguments: {},
  options: { ...APPROVAL_FILTERS, ...EXTENT },
  check: checkExtent,
  async run(input, context) {
    const wanted = approvalsWanted(input)
    return listOf(
      options => context.usb.allApprovals(wanted, options),
      input,
      APPROVAL,
      context,
      'no approvals',
      () => hintAtNames(input, context),
    )
  },
})

export const approvalGet = defineOrganizationVerb({
  name: 'approval get',
  summary: 'show approvals',
  examples: [{ line: 'approval get 10373', does: 'all fields of an approval' }],
  effect: 'read',
  fields: APPROVAL_ROW,
  arguments: { id: many('text', 'id of the approval') },
  options: {},
  check: ({ id }) => {
    for (const one of id) checkId(one, 'approval', 'approval list')
  },
  async run({ id }, { usb, signal }) {
    const ids = distinct(id)
    const [only = ''] = ids
    if (ids.length === 1) return object({ ...(await usb.getApproval(only, { signal })) }, APPROVAL_WHOLE)
    return list(
      forEachItem(
        ids,
        one => ({ id: one }),
        async one => ({ ...(await usb.getApproval(one, { signal })) }),
      ),
      APPROVAL,
    )
  },
})
