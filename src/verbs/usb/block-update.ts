import type { Block, Permissions } from '../../api/device-control.ts'
import { CbcError, usage } from '../../core/errors.ts'
import { fieldsOf, list, object, type Row } from '../../core/result.ts'
import { forEachItem } from '../for-each-item.ts'
import { defineOrganizationVerb, type OrganizationContext } from '../define-organization.ts'
import { policyNames } from '../shared/policies.ts'
import { changeOrVerify } from '../shared/reconcile.ts'
import { BLOCK_SUBJECT, blocksInWords, named } from './block.ts'
import { blocksOf } from './blocks.ts'
import { BLOCK } from './columns.ts'
import { asOptions, hasPermissions, PERMISSIONS, permissionsGiven, withPermissions } from './permissions.ts'

export const blockUpdate = defineOrganizationVerb({
  name: 'block update',
  summary: "change what approved USB devices may do on the endpoints of a policy's block",
  details:
    'Only what is given changes: the block is read, merged and written, and whatever else the service keeps in it stays. Reading is always allowed. ' +
    'Sensors for Windows take this from version 3.9.2 on. If the service does not take it, that is an error. With several, the command asks first.',
  examples: [
    { line: 'block update Standard --no-allow-execute', does: 'approved devices hold files, but start no programs' },
    { line: 'block update Standard --no-allow-write --dry-run', does: 'show what would be sent' },
  ],
  effect: 'change',
  fields: fieldsOf(BLOCK),
  arguments: { policy: BLOCK_SUBJECT },
  options: PERMISSIONS,
  check(input) {
    if (permissionsGiven(input) === undefined)
      throw usage(
        'block update: nothing to change was given',
        'give --allow-write, --no-allow-write, --allow-execute or --no-allow-execute',
      )
  },
  async plan({ policy, ...input }, context) {
    const blocks = (await blocksOf(policy, context)).map(({ block }) => block)
    if (blocks.length === 1) return { targets: blocks }
    return {
      targets: blocks,
      async question() {
        const what = `change the blocks of ${blocks.length} policies to ${asOptions(permissionsGiven(input) ?? {})}`
        return { what, to: blocksInWords(blocks, await policyNames(context)) }
      },
    }
  },
  async run({ policy: _, ...input }, context, blocks) {
    const permissions = permissionsGiven(input) ?? {}
    const names = await policyNames(context)
    const change = async (block: Block): Promise<Row> => named(await update(block, permissions, context), names)
    const [only, ...others] = blocks
    return only !== undefined && others.length === 0
      ? object(await change(only), BLOCK)
      : list(
          forEachItem(blocks, ({ id, policy_id }) => ({ id, policy_id }), change),
          BLOCK,
        )
  },
})

/** @throws CbcError remote: the service answers as if it had been changed, and it has not */
async function update(before: Block, permissions: Permissions, context: OrganizationContext): Promise<Block> {
  const { usb, signal, notice } = context
  const { id, policy_id } = before
  if (hasPermissions(before, permissions)) {
    notice(`block ${id} already has these permissions`)
    return before
  }
  const { id: _, created_at: _created, updated_at: _updated, ...whole } = before
  const windows = withPermissions(before, permissions)
  const changed = await context.change({ name: 'update block', id, policy_id, windows }, () =>
    changeOrVerify(
      () => usb.updateBlock(String(id), { ...whole, policy_id: String(policy_id), windows }, { signal }),
      async () => {
        const now = await usb.getBlock(String(id), { signal })
        return hasPermissions(now, permissions) ? now : undefined
      },
      context,
    ),
  )
  const now = hasPermissions(changed, permissions) ? changed : await usb.getBlock(String(id), { signal })
  if (hasPermissions(now, permissions)) return now
  throw notTaken(`update block ${id}`, permissions)
}

/** The error where a service that does not know these permissions has ignored them. */
export function notTaken(what: string, permissions: Permissions): CbcError {
  return new CbcError('remote', `${what}: the service did not take ${asOptions(permissions)}`, {
    hint: 'it may not have permissions for approved devices; `cbc usb block get` shows what it has',
  })
}
