import type { Approval } from '../../api/device-control.ts'
import { usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { required } from '../define.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { FIELDS, given } from './approval-options.ts'
import { documented, has, problemsOf } from './approval-rules.ts'
import { APPROVAL_WHOLE } from './columns.ts'
import { orFoundOut } from './reconcile.ts'
import { checkId } from './ids.ts'
import { conflict } from './conflict.ts'

export const approvalUpdate = defineOrganizationVerb({
  name: 'approval update',
  summary: 'change an approval',
  details: 'Only what is given changes: the approval is read, merged and written. An empty text clears a field.',
  examples: [
    { line: 'approval update 10373 --notes \'New notes\'', does: 'name and devices stay as they are' },
    { line: 'approval update 10373 --name \'\'', does: 'without a name' },
  ],
  effect: 'change',
  arguments: { id: required('text', 'id of the approval') },
  options: FIELDS,
  check({ id, ...input }) {
    checkId(id, 'approval', 'approval list')
    const fields = given(input)
    if (Object.keys(fields).length === 0) throw usage('approval update: nothing to change was given', 'give --name, --notes, --vendor-id, --product-id or --serial-number')
    // What it is for is known only with what is there; the rest can be told now.
    const { approval_name = '', notes = '' } = fields
    refuse(id, problemsOf({ serial_number: 'any', approval_name, notes }))
  },
  async run({ id, ...input }, context) {
    const { usb, signal } = context
    const before = await usb.getApproval(id, { signal })
    const fields = given(input)
    const after: Approval = { ...before, ...fields }
    refuse(id, problemsOf(documented(after)))
    if (has(before, fields)) {
      context.notice(`approval ${id} is so already`)
      return object({ ...before }, APPROVAL_WHOLE)
    }
    try {
      const changed = await context.change({ name: 'update approval', id, ...fields }, () => orFoundOut(() => usb.updateApproval(id, after, { signal }), async () => {
        const now = await usb.getApproval(id, { signal })
        return has(now, fields) ? now : undefined
      }, context))
      return object({ ...changed }, APPROVAL_WHOLE)
    } catch (error) {
      throw await conflict(`update approval ${id}`, error, after, context, id)
    }
  },
})

function refuse(id: string, [problem]: readonly string[]): void {
  if (problem !== undefined) throw usage(`update approval ${id}: ${problem}`, `\`cbc usb approval get ${id}\` shows what it has`)
}
