import type { ApprovalFields, UsbDevice } from '../../../api/device-control.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { describeBreadth, isBroad } from '../breadth.ts'
import { SERIALS_PER_SEARCH, covers, seenBySerial } from '../seen.ts'
import { wrongRows, type CheckedFile } from './checked-file.ts'
import type { Step } from './plan.ts'

/** A row that seems to be for one USB device but would approve others too. */
export interface Broad {
  line: number
  fields: ApprovalFields
  /** The USB devices that share its serial number, if that is the reason. */
  sharing?: readonly UsbDevice[]
}

/** Returns the rows to be created that cover more than they seem to, in the order of the file. */
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

/** Describes what each would cover, one line each. */
export async function describeBroad(broad: readonly Broad[], context: OrganizationContext): Promise<string[]> {
  if (broad.length === 0) return []
  const describe = await describeBreadth(context)
  return broad.map(
    ({ line, fields, sharing }) =>
      `line ${line}: ${sharing === undefined ? describe(fields) : `USB devices ${sharing.map(({ id }) => id).join(', ')}, which all share the serial number ${fields.serial_number ?? ''}`}`,
  )
}

/**
 * Checks the doubtful rows of a file. A serial number is accepted if an approval or a known USB device has it.
 * @param there the organization's approvals, by their devices (`devicesOf`)
 * @throws CbcError usage: some rows remain in doubt
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
