import type { ApprovalFields, UsbDevice } from '../../../api/device-control.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { describeBreadth, isBroad } from '../breadth.ts'
import { SERIALS_PER_SEARCH, covers, seenBySerial } from '../seen.ts'
import { wrongRows, type CheckedFile } from './checked-file.ts'
import type { Step } from './plan.ts'

/** A row that looks like one USB device, and would approve others too. */
export interface Broad {
  line: number
  fields: ApprovalFields
  /** The USB devices that have its serial number, where that is what it is. */
  sharing?: readonly UsbDevice[]
}

/** Of what is to be created that which covers more than it looks like, in the order of the file. */
export async function broadOf(steps: AsyncIterable<Step>, context: OrganizationContext): Promise<Broad[]> {
  const broad: Broad[] = []
  let waiting: Broad[] = []
  const lookUp = async () => {
    const seen = await seenBySerial(
      waiting.map(({ fields }) => fields.serial_number ?? ''),
      context,
    )
    for (const row of waiting) {
      const sharing = (seen.get(row.fields.serial_number ?? '') ?? []).filter(device => covers(row.fields, device))
      if (sharing.length > 1) broad.push({ ...row, sharing })
    }
    waiting = []
  }
  for await (const step of steps) {
    if (step.action !== 'create') continue
    const { line, fields } = step
    if (isBroad(fields)) broad.push({ line, fields })
    else if (fields.serial_number) waiting.push({ line, fields })
    if (waiting.length === SERIALS_PER_SEARCH) await lookUp()
  }
  await lookUp()
  return broad.sort((a, b) => a.line - b.line)
}

/** What each would cover, a line each. */
export async function describeBroad(broad: readonly Broad[], context: OrganizationContext): Promise<string[]> {
  if (broad.length === 0) return []
  const describe = await describeBreadth(context)
  return broad.map(
    ({ line, fields, sharing }) =>
      `line ${line}: ${sharing === undefined ? describe(fields) : `USB devices ${sharing.map(({ id }) => id).join(', ')}, which all have the serial number ${fields.serial_number ?? ''}`}`,
  )
}

/**
 * Looks up what of a file may not be what was meant: a serial number that an approval or a USB device has is right.
 * @param there the organization's approvals, by their devices (`devicesOf`)
 * @throws CbcError usage: there are rows of which that is not known
 */
export async function settleDoubts(file: CheckedFile, there: ReadonlyMap<string, unknown>, context: OrganizationContext): Promise<void> {
  const open = file.doubts.filter(({ approval }) => !there.has(devicesOf(approval)))
  if (open.length === 0) return
  const seen = await seenBySerial(
    open.map(({ approval }) => approval.serial_number ?? ''),
    context,
  )
  const wrong = open.filter(({ approval }) => !seen.has(approval.serial_number ?? ''))
  if (wrong.length > 0)
    throw wrongRows(
      file.name,
      wrong.map(({ line, message }) => ({ line, message })),
    )
}
