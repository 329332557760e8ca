import type { ApprovalFields } from '../../../api/device-control.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { describeBreadth, isBroad } from '../breadth.ts'
import { seenSerials } from '../seen.ts'
import { wrongRows, type CheckedFile } from './checked-file.ts'
import type { Step } from './plan.ts'

/** A row that looks like one USB device, and would approve others too. */
export interface Broad {
  line: number
  fields: ApprovalFields
}

/** Of what is to be created that which covers more than it looks like. */
export async function broadOf(steps: AsyncIterable<Step>): Promise<Broad[]> {
  const broad: Broad[] = []
  for await (const step of steps) if (step.action === 'create' && isBroad(step.fields)) broad.push({ line: step.line, fields: step.fields })
  return broad
}

/** What each would cover, a line each. */
export async function describeBroad(broad: readonly Broad[], context: OrganizationContext): Promise<string[]> {
  if (broad.length === 0) return []
  const describe = await describeBreadth(context)
  return broad.map(({ line, fields }) => `line ${line}: ${describe(fields)}`)
}

/**
 * Looks up what of a file may not be what was meant: a serial number that an approval or a USB device has is right.
 * @param there the organization's approvals, by their devices (`devicesOf`)
 * @throws CbcError usage: there are rows of which that is not known
 */
export async function settleDoubts(file: CheckedFile, there: ReadonlyMap<string, unknown>, context: OrganizationContext): Promise<void> {
  const open = file.doubts.filter(({ approval }) => !there.has(devicesOf(approval)))
  if (open.length === 0) return
  const seen = await seenSerials(open.map(({ approval }) => approval.serial_number ?? ''), context)
  const wrong = open.filter(({ approval }) => !seen.has(approval.serial_number ?? ''))
  if (wrong.length > 0) throw wrongRows(file.name, wrong.map(({ line, message }) => ({ line, message })))
}
