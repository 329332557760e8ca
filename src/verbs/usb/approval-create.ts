import type { Approval, ApprovalFields } from '../../api/device-control.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { list, type Row } from '../../core/result.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { FIELDS, given } from './approval-options.ts'
import { devicesOf, has, problemsOf } from './approval-rules.ts'
import { describeBreadth, isBroad } from './breadth.ts'
import { APPROVAL_DONE, APPROVAL_ROW } from './columns.ts'
import { changeOrVerify, unlessForbidden } from '../shared/reconcile.ts'
import { approvalFor, conflict, taken } from './conflict.ts'
import { othersLike } from './seen.ts'

export const approvalCreate = defineOrganizationVerb({
  name: 'approval create',
  summary: 'approve USB devices by vendor, product and serial number',
  details:
    'An id that you leave out matches anything: a vendor id alone approves every device of that vendor. The command asks first if there is a product but no serial number, or a serial number that many devices share. ' +
    'To approve a device that was seen, use `cbc usb approve`. If an approval for the same devices with the same name and notes exists, action is unchanged.',
  examples: [
    {
      line: "approval create --vendor-id 0x0781 --product-id 0x5581 --serial-number 4C531001331122115172 --name 'Example Approval' --notes 'A few notes'",
      does: 'a single device',
    },
    { line: "approval create --vendor-id 0951 --name 'Issued by IT'", does: 'all devices of a vendor' },
  ],
  effect: 'change',
  fields: APPROVAL_ROW,
  arguments: {},
  options: FIELDS,
  check(input) {
    const fields = given(input)
    const [problem] = problemsOf(fields)
    if (problem !== undefined)
      throw usage(
        `approval create: ${problem}`,
        'give --vendor-id, --product-id, --serial-number as `cbc usb device list -o json` shows them',
      )
    if (fields.serial_number === '')
      throw usage('approval create: --serial-number is empty', 'leave it off to approve all devices of the product or vendor')
  },
  async plan(input, context) {
    const fields = given(input)
    // Creating does not require the permission to read, so a 403 here is no obstacle.
    const before = await unlessForbidden(approvalFor(fields, context))
    return { targets: { fields, before }, ...(before === undefined ? { question: await questionOn(fields, context) } : {}) }
  },
  run: async (_input, context, { fields, before }) => list([await create(fields, before, context)], APPROVAL_DONE),
})

/** Returns the question to confirm if an approval covers more than the one device that it seems to be for. */
export async function questionOn(
  fields: ApprovalFields,
  context: OrganizationContext,
): Promise<{ what: string; to?: string[] } | undefined> {
  if (isBroad(fields)) return { what: `approve ${(await describeBreadth(context))(fields)}` }
  const [first, ...others] = await othersLike(fields, context)
  if (first === undefined || others.length === 0) return undefined
  return {
    what: 'approve by a serial number that several USB devices share',
    to: [first, ...others].map(({ id, device_friendly_name }) => `${id} ${device_friendly_name ?? ''}`.trim()),
  }
}

/** Creates the approval if needed. @returns `{action, …approval}` @throws CbcError remote: another approval for the same devices exists */
async function create(fields: ApprovalFields, before: Approval | undefined, context: OrganizationContext): Promise<Row> {
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

/** Creates one approval ("Bulk Create Approvals"). @throws CbcError unknown_outcome: the answer does not contain it */
export async function approved(fields: ApprovalFields, context: OrganizationContext): Promise<Approval> {
  const { usb, signal, change } = context
  const made = await change({ name: 'create approval', ...fields }, () =>
    changeOrVerify(
      () => usb.createApprovals([fields], { signal, what: 'create approval' }),
      async () => {
        const found = await approvalFor(fields, context)
        return found !== undefined && has(found, fields) ? [found] : undefined
      },
      context,
    ),
  )
  const wanted =
    made.find(approval => devicesOf(approval) === devicesOf(fields)) ?? (await approvalFor(fields, context).catch(() => undefined))
  if (wanted !== undefined) return wanted
  throw new CbcError('unknown_outcome', "create approval: the service's answer does not contain it; it may or may not have been created", {
    hint: 'check with `cbc usb approval list`',
  })
}
