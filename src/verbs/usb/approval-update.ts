import type { Approval, ApprovalFields } from '../../api/device-control.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { object } from '../../core/result.ts'
import { required } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { questionOn } from './approval-create.ts'
import { FIELDS, given } from './approval-options.ts'
import { APPROVAL_FIELDS, devicesOf, documented, has, problemsOf } from './approval-rules.ts'
import { APPROVAL_ROW, APPROVAL_WHOLE } from './columns.ts'
import { changeOrVerify } from '../shared/reconcile.ts'
import { checkId } from './ids.ts'
import { conflict } from './conflict.ts'

export const approvalUpdate = defineOrganizationVerb({
  name: 'approval update',
  summary: 'change an approval',
  details:
    'Only the given fields change: the approval is read, merged and written. An empty text clears a field. If the approval would then cover more than one USB device, the command asks first.',
  examples: [
    { line: "approval update 10373 --notes 'New notes'", does: 'change the notes only' },
    { line: "approval update 10373 --name ''", does: 'remove the name' },
  ],
  effect: 'change',
  fields: APPROVAL_ROW,
  arguments: { id: required('text', 'id of the approval') },
  options: FIELDS,
  check({ id, ...input }) {
    checkId(id, 'approval', 'approval list')
    const fields = given(input)
    if (Object.keys(fields).length === 0)
      throw usage('approval update: nothing to change was given', 'give --name, --notes, --vendor-id, --product-id or --serial-number')
    // The ids can only be checked once they are merged with the current ones. The texts can be checked now.
    const { approval_name = '', notes = '' } = fields
    refuse(id, problemsOf({ serial_number: 'any', approval_name, notes }))
  },
  async plan({ id, ...input }, context) {
    const fields = given(input)
    const before = await read(id, fields, context)
    const after: Approval = { ...before, ...fields }
    refuse(id, problemsOf(documented(after)))
    const question = devicesOf(before) === devicesOf(after) ? undefined : await questionOn(after, context)
    return {
      targets: { before, after },
      ...(question === undefined ? {} : { question: { ...question, what: `change approval ${id} to ${question.what}` } }),
    }
  },
  async run({ id, ...input }, context, { before, after }) {
    const { usb, signal } = context
    const fields = given(input)
    if (has(before, fields)) {
      context.notice(`approval ${id} already has these values`)
      return object({ ...before }, APPROVAL_WHOLE)
    }
    try {
      const changed = await context.change({ name: 'update approval', id, ...fields }, () =>
        changeOrVerify(
          () => usb.updateApproval(id, after, { signal }),
          async () => {
            const now = await usb.getApproval(id, { signal })
            return has(now, fields) ? now : undefined
          },
          context,
        ),
      )
      return object({ ...changed }, APPROVAL_WHOLE)
    } catch (error) {
      throw await conflict(`update approval ${id}`, error, after, context, id)
    }
  },
})

/**
 * Reads the approval. Without the permission to read, it can still be changed if all its fields are given.
 * @throws CbcError
 */
async function read(id: string, fields: ApprovalFields, { usb, signal }: OrganizationContext): Promise<Approval> {
  try {
    return await usb.getApproval(id, { signal })
  } catch (error) {
    if (!(error instanceof CbcError) || error.facts.http_status !== 403) throw error
    if (APPROVAL_FIELDS.every(field => fields[field] !== undefined)) return { id }
    throw error.with(error.message, {
      hint: `${error.facts.hint ?? ''}; without it, give all of --vendor-id, --product-id, --serial-number, --name and --notes, since fields left out would be lost`.replace(
        /^; /,
        '',
      ),
    })
  }
}

function refuse(id: string, [problem]: readonly string[]): void {
  if (problem !== undefined) throw usage(`update approval ${id}: ${problem}`, `\`cbc usb approval get ${id}\` shows its fields`)
}
