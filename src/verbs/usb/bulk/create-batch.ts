import type { Approval, ApprovalFields } from '../../../api/device-control.ts'
import { CbcError } from '../../../core/errors.ts'
import type { OrganizationContext } from '../../define-organization.ts'
import { devicesOf } from '../approval-rules.ts'
import { isOutcomeLost, provenFailure, waitUntilSettled } from '../../shared/reconcile.ts'
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

/** Matches approvals with those in the answer. Any that are missing there are looked up, not sent again. */
async function matched(batch: readonly ApprovalFields[], made: readonly Approval[], context: Needs): Promise<Outcomes> {
  const outcomes: Outcomes = new Map(made.map(approval => [devicesOf(approval), approval]))
  const missing = batch.filter(fields => !outcomes.has(devicesOf(fields)))
  if (missing.length === 0) return outcomes
  const there = (await lookedUp(missing, context)) ?? new Map<string, Approval>()
  const silent = new CbcError(
    'unknown_outcome',
    "create approvals: the service's answer does not contain it; it may or may not have been created",
    {
      hint: 'look before you do it again: `cbc usb approval list`',
    },
  )
  return new Map([...outcomes, ...failed(missing, silent), ...there])
}

/**
 * Returns the approvals of `batch` that exist, after waiting for a change whose answer was lost; undefined if they can't be looked up.
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
