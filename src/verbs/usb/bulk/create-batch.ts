import type { Approval, ApprovalFields } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { changeOrVerify } from '../../shared/reconcile.ts'
import { approvalsOf } from './organization.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal' | 'clock' | 'progress' | 'change'>

/** The outcome for each approval, by its devices (`devicesOf`). */
export type Outcomes = Map<string, Approval | CbcError>

/**
 * Statuses that refuse a whole request although parts of it may be valid: a row is invalid or in conflict, or there are too many rows.
 */
const REFUSED = new Set([400, 409, 413, 422])

/**
 * Creates approvals that do not exist yet, each once ("Bulk Create Approvals").
 * - A batch that is refused is split in half and sent again, until the faulty rows are isolated.
 * - If the answer is lost, the existing approvals are looked up first, and only missing ones are sent once more.
 * @param batch approvals for distinct devices
 * @throws CbcError interrupted
 */
export async function createBatch(batch: readonly ApprovalFields[], context: Needs): Promise<Outcomes> {
  const { usb, signal, change } = context
  let missing = batch
  const there: Outcomes = new Map()
  const look = async () => {
    for (const [devices, approval] of await approvalsOf(new Set(missing.map(devicesOf)), context)) there.set(devices, approval)
    missing = missing.filter(fields => !there.has(devicesOf(fields)))
    return missing.length === 0 ? [] : undefined
  }
  try {
    const made = await changeOrVerify(
      () => change({ name: 'create approvals', approvals: missing.length }, () => usb.createApprovals(missing, { signal })),
      look,
      context,
    )
    return new Map([...there, ...(await matched(missing, made, context))])
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    if (missing.length < 2 || !REFUSED.has(error.facts.http_status ?? 0)) return new Map([...there, ...failed(missing, error)])
    const half = Math.ceil(missing.length / 2)
    const first = await createBatch(missing.slice(0, half), context)
    return new Map([...there, ...first, ...(await createBatch(missing.slice(half), context))])
  }
}

/** Matches approvals with those in the answer. Any that are missing there are looked up, not sent again. */
async function matched(batch: readonly ApprovalFields[], made: readonly Approval[], context: Needs): Promise<Outcomes> {
  const outcomes: Outcomes = new Map(made.map(approval => [devicesOf(approval), approval]))
  const missing = batch.filter(fields => !outcomes.has(devicesOf(fields)))
  if (missing.length === 0) return outcomes
  const there = await lookedUp(missing, context)
  const silent = new CbcError(
    'unknown_outcome',
    "create approvals: the service's answer does not contain it; it may or may not have been created",
    {
      hint: 'look before you do it again: `cbc usb approval list`',
    },
  )
  return new Map([...outcomes, ...failed(missing, silent), ...there])
}

/** Returns the approvals of `batch` that exist; none if they can't be looked up. @throws CbcError interrupted */
async function lookedUp(batch: readonly ApprovalFields[], context: Needs): Promise<Map<string, Approval>> {
  try {
    return await approvalsOf(new Set(batch.map(devicesOf)), context)
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return new Map()
  }
}

function failed(batch: readonly ApprovalFields[], error: CbcError): Outcomes {
  return new Map(batch.map(fields => [devicesOf(fields), error]))
}
