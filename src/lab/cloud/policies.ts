import type { Cloud } from './cloud.ts'
import { json } from './http.ts'
import { EXECUTIVES, KIOSKS, NO_LIVE_RESPONSE, SERVERS, STANDARD } from './roster.ts'
import type { Route } from './router.ts'

/** A policy as documented in "Neighbouring APIs". */
interface PolicySummary {
  id: number
  name: string
  is_system: boolean
  description: string
  priority_level: Priority
  num_devices: number
}

export type Priority = 'LOW' | 'MEDIUM' | 'HIGH' | 'MISSION_CRITICAL'

type Policy = Omit<PolicySummary, 'num_devices'>

/** The organization's policies, whether or not a device has them. Id 6997287 is from the documents' examples. */
const POLICIES: readonly Policy[] = [
  policy(STANDARD, { is_system: true, description: 'For workstations that need no special treatment' }),
  policy(SERVERS, { priority_level: 'HIGH', description: 'For servers: changes go through the change board' }),
  policy(EXECUTIVES, { priority_level: 'MISSION_CRITICAL', description: 'For the board and its assistants' }),
  policy(KIOSKS, { priority_level: 'LOW', description: 'For public terminals; Live Response is switched off' }),
  policy(NO_LIVE_RESPONSE, { priority_level: 'LOW', description: 'For devices that others look after; Live Response is switched off' }),
]

function policy({ policy_id, policy_name }: { policy_id: number; policy_name: string }, more: Partial<Policy> = {}): Policy {
  return { id: policy_id, name: policy_name, is_system: false, description: '', priority_level: 'MEDIUM', ...more }
}

/** Returns the priority that a policy gives to its devices. */
export function priorityOf(policyId: number): Priority {
  return POLICIES.find(({ id }) => id === policyId)?.priority_level ?? 'MEDIUM'
}

/** "Policies": the call that returns their summary. */
export function policyCalls(cloud: Cloud): Route[] {
  return [
    {
      method: 'GET',
      path: '/policyservice/v1/orgs/{org}/policies/summary',
      needs: ['org.policies READ'],
      handle: () => json(200, { policies: policies(cloud) }),
    },
  ]
}

/** Whether a policy exists. @param id decimal, as in a block */
export function hasPolicy(cloud: Cloud, id: string): boolean {
  return policies(cloud).some(policy => String(policy.id) === id)
}

/** Returns the lab's policies, and further ones that devices of a custom roster have. */
function policies(cloud: Cloud): PolicySummary[] {
  const summaries = new Map(POLICIES.map(policy => [policy.id, { ...policy, num_devices: 0 }]))
  for (const device of cloud.devices.values()) {
    const summary = summaries.get(device.policy_id) ?? { ...policy(device), num_devices: 0 }
    summary.num_devices++
    summaries.set(device.policy_id, summary)
  }
  return [...summaries.values()]
}
