import type { Device } from '../../api/devices.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { policiesOf } from '../shared/policies.ts'

/** How to find the devices of a policy: the criteria for the service, and the check on this side. */
export interface PolicyTest {
  criteria: Record<string, unknown[]>
  fits(device: Device): boolean
}

/**
 * Returns a test for policies given by ids or names. If the key may not read policies, the policy that each device reports is compared.
 * @throws CbcError not_found: there is no such policy; usage: several have this name
 */
export async function policyTest(typed: readonly string[], context: OrganizationContext): Promise<PolicyTest> {
  try {
    const ids = (await policiesOf(typed, context)).map(({ id }) => id)
    return { criteria: { policy_id: ids }, fits: ({ policy_id }) => policy_id === undefined || ids.includes(Number(policy_id)) }
  } catch (error) {
    if (!(error instanceof CbcError) || error.facts.http_status !== 403) throw error
    const wanted = new Set(typed.map(text => text.trim().toLowerCase()))
    return {
      criteria: {},
      fits: ({ policy_id, policy_name }) => wanted.has(String(policy_name ?? '').toLowerCase()) || wanted.has(String(policy_id ?? '')),
    }
  }
}
