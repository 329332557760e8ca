import type { Block } from '../../api/device-control.ts'
import { CbcError } from '../../core/errors.ts'
import type { OrganizationContext } from '../define-organization.ts'
import { isNumber, policiesOf } from '../shared/policies.ts'

type Needs = Pick<OrganizationContext, 'policies' | 'usb' | 'signal'>

/**
 * The blocks that are meant by the ids or names of their policies, or by their own ids, in the order of typing, each once.
 * @throws CbcError not_found: no such policy or block, or it isn't blocked
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

/** By the name of a policy; a number that is none of those in the list is asked for as a block's id. */
async function otherwise(typed: string, blocks: readonly Block[], needs: Needs): Promise<Block> {
  if (isNumber(typed)) return await needs.usb.getBlock(typed, { signal: needs.signal })
  const [policy] = await policiesOf([typed], needs)
  const block = blocks.find(({ policy_id }) => String(policy_id) === String(policy?.id))
  if (block !== undefined) return block
  throw new CbcError('not_found', `${typed}: does not block USB devices`, { hint: '`cbc usb block list` shows the policies that do' })
}
