import type { Block } from '../../api/device-control.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { isNumber, policiesOf } from '../shared/policies.ts'

type Needs = Pick<OrganizationContext, 'policies' | 'usb' | 'signal'>

/**
 * Resolves policy ids, policy names and block ids to blocks, in the order given, each listed once.
 * @throws CbcError not_found: there is no such policy or block, or the policy does not block
 */
export async function blocksOf(typed: readonly string[], needs: Needs): Promise<{ block: Block; typed: string }[]> {
  const blocks = await needs.usb.listBlocks({ signal: needs.signal })
  const found = new Map<string, { block: Block; typed: string }>()
  for (const text of typed) {
    const block =
      blocks.find(({ policy_id }) => String(policy_id) === text) ??
      blocks.find(({ id }) => String(id) === text) ??
      (await otherwise(text, blocks, needs))
    if (!found.has(String(block.id))) found.set(String(block.id), { block, typed: text })
  }
  return [...found.values()]
}

/** Finds a block that is not in the list: a number is requested as a block id, anything else is a policy name. */
async function otherwise(typed: string, blocks: readonly Block[], needs: Needs): Promise<Block> {
  if (isNumber(typed)) return await needs.usb.getBlock(typed, { signal: needs.signal })
  const [policy] = await policiesOf([typed], needs)
  const block = blocks.find(({ policy_id }) => String(policy_id) === String(policy?.id))
  if (block !== undefined) return block
  throw new CbcError('not_found', `${typed}: does not block USB devices`, { hint: '`cbc usb block list` shows the policies that do' })
}
