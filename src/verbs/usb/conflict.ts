import type { Approval, ApprovalFields } from '../../api/device-control.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { devicesOf } from './approval-rules.ts'
import { approvalInWords } from './describe.ts'
import { unlessForbidden } from '../shared/reconcile.ts'

/** Text that a plaintext search certainly treats as one word. */
const WORD = /^[\w.-]+$/

/**
 * Finds the approval for exactly the same USB devices. There can be only one.
 * @param thorough goes through all approvals if the text search finds none
 * @param except   the id of an approval to ignore
 */
export async function approvalFor(
  fields: ApprovalFields,
  { usb, signal }: Pick<OrganizationContext, 'usb' | 'signal'>,
  { thorough = false, except }: { thorough?: boolean; except?: string } = {},
): Promise<Approval | undefined> {
  const wanted = devicesOf(fields)
  const among = async (query?: string) => {
    for await (const approval of usb.allApprovals(query === undefined ? {} : { query }, { signal })) {
      if (devicesOf(approval) === wanted && approval.id !== except) return approval
    }
    return undefined
  }
  const telling = [fields.serial_number, fields.product_id, fields.vendor_id].find(text => text)
  if (telling === undefined || !WORD.test(telling)) return await among()
  return (await among(telling)) ?? (thorough ? await among() : undefined)
}

/**
 * Turns a 409 into an error that names the conflicting approval. Returns other errors unchanged.
 * @param except the id of the approval that was to be changed
 */
export async function conflict(
  what: string,
  error: unknown,
  fields: ApprovalFields,
  context: OrganizationContext,
  except?: string,
): Promise<unknown> {
  if (!(error instanceof CbcError) || error.facts.http_status !== 409) return error
  const other = await unlessForbidden(approvalFor(fields, context, { thorough: true, ...(except === undefined ? {} : { except }) }))
  return other === undefined ? error : taken(what, other, error)
}

/** Returns the error for a change that another approval prevents. */
export function taken(what: string, other: Approval, cause?: CbcError): CbcError {
  return new CbcError('remote', `${what}: another approval covers the same USB devices: ${approvalInWords(other)}`, {
    ...cause?.facts,
    hint: `change that one with \`cbc usb approval update ${other.id}\`, or delete it`,
  })
}
