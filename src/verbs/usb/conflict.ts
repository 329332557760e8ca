import type { Approval, ApprovalFields } from '../../api/device-control.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { devicesOf } from './approval-rules.ts'
import { approvalInWords } from './describe.ts'
import { unlessForbidden } from '../shared/reconcile.ts'

/** What a plaintext search surely takes for one word. */
const WORD = /^[\w.-]+$/

/**
 * The approval that is for exactly the same USB devices, of which there can be one.
 * @param thorough looks at all of them, where the search by text finds none
 * @param except   the id of one that is not meant
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
 * A 409 as an error that says which approval is in the way; other errors as they are.
 * @param except the id of the one that was to be changed
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

/** What was wanted can't be, because of another approval. */
export function taken(what: string, other: Approval, cause?: CbcError): CbcError {
  return new CbcError('remote', `${what}: there is an approval for the same USB devices: ${approvalInWords(other)}`, {
    ...cause?.facts,
    hint: `change that one with \`cbc usb approval update ${other.id}\`, or delete it`,
  })
}
