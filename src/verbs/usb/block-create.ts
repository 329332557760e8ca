import type { Block, Permissions } from '../../api/device-control.ts'
import { CbcError } from '../../core/errors.ts'
import { fieldsOf, list, type Row } from '../../core/result.ts'
import { many } from '../define.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { named } from './block.ts'
import { notTaken } from './block-update.ts'
import { ACTION, BLOCK } from './columns.ts'
import { asOptions, hasPermissions, PERMISSIONS, permissionsGiven, withPermissions } from './permissions.ts'
import { changeOrVerify, unlessForbidden } from '../shared/reconcile.ts'
import { policiesOf, policyInWords, type PolicyRef } from '../shared/policies.ts'

export const blockCreate = defineOrganizationVerb({
  name: 'block create',
  summary: 'block USB devices that are not approved, by policy',
  details:
    'The endpoints of that policy can then no longer use USB storage that no approval covers. The command always asks first. For a policy that already blocks, action is unchanged. ' +
    'Without --allow-… or --no-allow-… the service decides what approved devices may do; `usb block update` changes it.',
  examples: [
    { line: 'block create Standard --yes', does: 'by name, without a question' },
    { line: 'block create Executives --no-allow-write --yes', does: 'and let approved devices only be read' },
    { line: 'block create 6997301 --dry-run', does: 'show what would be sent' },
  ],
  effect: 'destroy',
  fields: fieldsOf([ACTION, ...BLOCK]),
  arguments: { policy: many('text', 'id or name of the policy') },
  options: PERMISSIONS,
  check(input) {
    permissionsGiven(input)
  },
  async plan({ policy }, context) {
    const policies = await policiesOf(policy, context)
    // Creating does not require the permission to read. The service returns a block that already exists.
    const blocks = (await unlessForbidden(context.usb.listBlocks({ signal: context.signal }))) ?? []
    const wanted = policies.filter(policy => blockOf(policy, blocks) === undefined)
    const targets = { policies, blocks, wanted }
    const [only, ...others] = wanted
    if (only === undefined) return { targets }
    const where = others.length === 0 ? policyInWords(only) : `${wanted.length} policies`
    return {
      targets,
      question: async () => ({
        what: `block USB devices that are not approved on the endpoints of ${where}`,
        to: [...wanted.map(reach), ...(await toll(context))],
      }),
    }
  },
  async run({ policy: _, ...input }, context, { policies, blocks, wanted }) {
    const permissions = permissionsGiven(input)
    const made = wanted.length === 0 ? [] : await create(wanted, permissions, context)
    for (const policy of policies) tellOthers(policy, blockOf(policy, blocks), permissions, context)
    return list(
      policies.map(policy => rowOf(policy, blockOf(policy, blocks), blockOf(policy, made), permissions)),
      [ACTION, ...BLOCK],
    )
  },
})

async function create(wanted: readonly PolicyRef[], permissions: Permissions | undefined, context: OrganizationContext): Promise<Block[]> {
  const { usb, signal, change } = context
  const ids = wanted.map(({ id }) => String(id))
  const step = {
    name: 'create blocks',
    policy_id: ids,
    ...(permissions === undefined ? {} : { windows: withPermissions({}, permissions) }),
  }
  return await change(step, () =>
    changeOrVerify(
      () => usb.createBlocks(ids, permissions, { signal }),
      async () => {
        const blocks = await usb.listBlocks({ signal })
        return wanted.every(policy => blockOf(policy, blocks) !== undefined) ? blocks : undefined
      },
      context,
    ),
  )
}

function blockOf({ id }: PolicyRef, blocks: readonly Block[]): Block | undefined {
  return blocks.find(({ policy_id }) => String(policy_id) === String(id))
}

/** Says where a block that was there has other permissions than those given: creating changes nothing of it. */
function tellOthers(
  policy: PolicyRef,
  before: Block | undefined,
  permissions: Permissions | undefined,
  { notice }: OrganizationContext,
): void {
  if (before === undefined || permissions === undefined || hasPermissions(before, permissions)) return
  notice(
    `${policyInWords(policy)}: has a block with other permissions, which stay; \`cbc usb block update ${policy.id} ${asOptions(permissions)}\` changes them`,
  )
}

/** Returns what was done for a policy. */
function rowOf({ id, name }: PolicyRef, before: Block | undefined, made: Block | undefined, permissions: Permissions = {}): Row {
  const names = new Map([[String(id), name]])
  if (before !== undefined) return { action: 'unchanged', ...named(before, names) }
  if (made !== undefined && !hasPermissions(made, permissions))
    return { policy_id: id, error: notTaken(`create block of policy ${id}: it was created, but`, permissions) }
  if (made !== undefined) return { action: 'create', ...named(made, names) }
  return {
    policy_id: id,
    error: new CbcError('unknown_outcome', `create block of policy ${id}: the service's answer does not contain it`, {
      hint: 'check with `cbc usb block list`',
    }),
  }
}

/** Describes a policy with the number of its endpoints. */
function reach(policy: PolicyRef): string {
  const { num_devices: count } = policy
  return `${policyInWords(policy)}: ${count === undefined ? 'unknown number of endpoints' : count === 1 ? '1 endpoint' : `${count} endpoints`}`
}

/** Describes how many of the known USB devices would be blocked; empty if that can't be found out. */
async function toll({ usb, signal }: OrganizationContext): Promise<string[]> {
  try {
    const { num_found: count } = await usb.searchDevices({ criteria: { status: ['UNAPPROVED'] }, rows: 1, start: 0 }, { signal })
    return [`${count} of the USB devices that were seen are not approved`]
  } catch (error) {
    if (!(error instanceof CbcError) || error.code === 'interrupted') throw error
    return []
  }
}
