import type { Block } from '../../api/device-control.ts'
import { fieldsOf, list, object, type Column, type Row } from '../../core/result.ts'
import { many } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { DELETED } from '../shared/deleted.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { BLOCK } from './columns.ts'
import { removeOrVerify } from '../shared/reconcile.ts'
import { distinct } from './ids.ts'
import { policyNames } from '../shared/policies.ts'
import { blocksOf } from './blocks.ts'

/** Which blocks. */
export const BLOCK_SUBJECT = many('text', 'id or name of the policy, or id of the block')

export const blockList = defineOrganizationVerb({
  name: 'block list',
  summary: 'list the policies that block USB devices that are not approved',
  details: '`policy_name` is added to the fields of the service.',
  examples: [{ line: 'block list', does: 'all blocks' }],
  effect: 'read',
  fields: fieldsOf(BLOCK),
  identity: { key: ['id'] },
  arguments: {},
  options: {},
  async run(_input, context) {
    const blocks = await context.usb.listBlocks({ signal: context.signal })
    if (blocks.length === 0) return list([], BLOCK, 'no policy blocks USB devices')
    const names = await policyNames(context)
    return list(
      blocks.map(block => named(block, names)),
      BLOCK,
    )
  },
})

export const blockGet = defineOrganizationVerb({
  name: 'block get',
  summary: "show a policy's block",
  details: 'A number is matched against policy ids first, then against block ids.',
  examples: [
    { line: 'block get Standard', does: 'by the name of its policy' },
    { line: 'block get 55', does: 'by the id of the block' },
  ],
  effect: 'read',
  fields: fieldsOf(BLOCK),
  arguments: { policy: BLOCK_SUBJECT },
  options: {},
  async run({ policy }, context) {
    const { usb, signal } = context
    const names = await policyNames(context)
    const get = async (typed: string): Promise<Row> => {
      const [found] = await blocksOf([typed], context)
      return named(await usb.getBlock(String(found?.block.id), { signal }), names)
    }
    const [only = '', ...others] = distinct(policy)
    if (others.length === 0) {
      const block = await get(only)
      return object(block, wholeColumns(block))
    }
    return list(
      forEachItem([only, ...others], typed => ({ policy: typed }), get),
      BLOCK,
    )
  },
})

export const blockDelete = defineOrganizationVerb({
  name: 'block delete',
  summary: 'let the devices of a policy use any USB device again',
  details: 'With several, the command asks first.',
  examples: [{ line: 'block delete Standard', does: 'by the name of its policy' }],
  effect: 'destroy',
  fields: fieldsOf(DELETED),
  arguments: { policy: BLOCK_SUBJECT },
  options: {},
  async plan({ policy }, context) {
    const blocks = (await blocksOf(policy, context)).map(({ block }) => block)
    if (blocks.length === 1) return { targets: blocks }
    return {
      targets: blocks,
      async question() {
        const to = blocksInWords(blocks, await policyNames(context))
        return { what: `let the devices of ${blocks.length} policies use any USB device`, to }
      },
    }
  },
  async run(_input, context, blocks) {
    const { usb, signal, change } = context
    const remove = async ({ id, policy_id }: Block): Promise<Row> => {
      await change({ name: 'delete block', id, policy_id }, () =>
        removeOrVerify(
          () => usb.deleteBlock(String(id), { signal }),
          () => usb.getBlock(String(id), { signal }),
          context,
        ),
      )
      return { id, deleted: true }
    }
    const [only, ...others] = blocks
    return only !== undefined && others.length === 0
      ? object(await remove(only), DELETED)
      : list(
          forEachItem(blocks, ({ id }) => ({ id }), remove),
          DELETED,
        )
  },
})

/** Describes blocks, each in a line: `Standard, policy 6997287, block 55`. */
export function blocksInWords(blocks: readonly Block[], names: ReadonlyMap<string, string>): string[] {
  return blocks.map(({ id, policy_id }) =>
    [names.get(String(policy_id)), `policy ${policy_id}`, `block ${id}`].filter(text => text).join(', '),
  )
}

/** Returns the columns of one block: with its fields that nobody knows. */
function wholeColumns(block: Row): Column[] {
  return [...BLOCK, ...Object.keys(block).flatMap(key => (BLOCK.some(column => column.key === key) ? [] : [{ key }]))]
}

/** Adds the policy's name to a block, or null if it is not known. */
export function named(block: Block, names: ReadonlyMap<string, string>): Row {
  return { ...block, policy_name: names.get(String(block.policy_id)) || null }
}
