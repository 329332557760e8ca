import type { Approval, ApprovalFields } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { isOutcomeLost, provenFailure, waitUntilSettled } from '../../shared/reconcile.ts'
import { approvalsOf } from './organization.ts'

type Needs = Pick<OrganizationContext, 'usb' | 'signal' | 'clock' | 'progress' | 'change'>

/** What became of each approval, by its devices (`devicesOf`). */
export type Outcomes = Map<string, Approval | CbcError>

/**
 * Statuses of a request that is refused as a whole, and may be right in parts: a row of it is invalid, in conflict, or there are too many.
 */
const REFUSED = new Set([400, 409, 413, 422])

/**
 * Creates approvals that are not there, each once ("Bulk Create Approvals").
 * - What is refused as a whole is sent again in halves, until the rows that are at fault stand alone.
 * - Where the answer is lost, what is there now is looked up first; only what isn't goes out once more.
 * @param batch no two of the same devices
 * @throws CbcError interrupted
 */
export async function createBatch(batch: readonly ApprovalFields[], context: Needs, again = false): Promise<Outcomes> {
  const made = await sent(batch, context)
  if (!(made instanceof CbcError)) return await matched(batch, made, context)
  if (batch.length > 1 && REFUSED.has(made.facts.http_status ?? 0)) {
    const half = Math.ceil(batch.length / 2)
    const first = await createBatch(batch.slice(0, half), context)
    return new Map([...first, ...(await createBatch(batch.slice(half), context))])
  }
  if (!isOutcomeLost(made)) return failed(batch, made)
  const there = await lookedUp(batch, context, made)
  if (there === undefined) return failed(batch, made)
  const missing = batch.filter(fields => !there.has(devicesOf(fields)))
  if (missing.length === 0 || again) return new Map([...failed(missing, provenFailure(made)), ...there])
  return new Map([...there, ...(await createBatch(missing, context, true))])
}

/** @throws CbcError interrupted */
async function sent(batch: readonly ApprovalFields[], { usb, signal, change }: Needs): Promise<Approval[] | CbcError> {
  try {
    return await change({ name: 'create approvals', approvals: batch.length }, () => usb.createApprovals(batch, { signal }))
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return error
  }
}

/** Each approval with the one in the answer; what the answer leaves out is looked up, and not sent again. */
async function matched(batch: readonly ApprovalFields[], made: readonly Approval[], context: Needs): Promise<Outcomes> {
  const outcomes: Outcomes = new Map(made.map(approval => [devicesOf(approval), approval]))
  const missing = batch.filter(fields => !outcomes.has(devicesOf(fields)))
  if (missing.length === 0) return outcomes
  const there = (await lookedUp(missing, context)) ?? new Map<string, Approval>()
  const silent = new CbcError('unknown_outcome', "create approvals: the service's answer does not have it; it may or may not be there", {
    hint: 'look before you do it again',
  })
  return new Map([...outcomes, ...failed(missing, silent), ...there])
}

/**
 * Of `batch` those that are there now, or once the change whose answer was lost has settled; undefined: that can't be found out.
 * @throws CbcError interrupted
 */
async function lookedUp(batch: readonly ApprovalFields[], context: Needs, lost?: CbcError): Promise<Map<string, Approval> | undefined> {
  try {
    if (lost !== undefined) await waitUntilSettled(lost, context)
    return await approvalsOf(new Set(batch.map(devicesOf)), context)
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return undefined
  }
}

function failed(batch: readonly ApprovalFields[], error: CbcError): Outcomes {
  return new Map(batch.map(fields => [devicesOf(fields), error]))
}
