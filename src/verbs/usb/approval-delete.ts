import { fieldsOf, list, object, type Row } from '../../core/result.ts'
import { many } from '../define.ts'
import { forEachItem } from '../for-each-item.ts'
import { defineOrganizationVerb } from '../define-organization.ts'
import { DELETED, deleted } from '../shared/deleted.ts'
import { removeOrVerify } from '../shared/reconcile.ts'
import { checkId, distinct, shown } from './ids.ts'
import { approvalInWords } from './describe.ts'

export const approvalDelete = defineOrganizationVerb({
  name: 'approval delete',
  summary: 'delete approvals',
  details: 'The USB devices that they cover become unapproved, unless another approval covers them. Deleting several asks first.',
  examples: [
    { line: 'approval delete 10373', does: 'one approval' },
    { line: 'approval delete 10374 10375 --yes', does: 'several, without a question' },
  ],
  effect: 'destroy',
  fields: fieldsOf(DELETED),
  arguments: { id: many('text', 'id of the approval') },
  options: {},
  check: ({ id }) => {
    for (const one of id) checkId(one, 'approval', 'approval list')
  },
  async plan({ id }, { usb, signal }) {
    const ids = distinct(id)
    if (ids.length === 1) return { targets: ids }
    return {
      targets: ids,
      question: async () => ({
        what: `delete ${ids.length} approvals`,
        to: await shown(ids, async one => approvalInWords(await usb.getApproval(one, { signal }))),
      }),
    }
  },
  async run(_input, context, ids) {
    const { usb, signal, change } = context
    const remove = async (one: string): Promise<Row> => {
      await change({ name: 'delete approval', id: one }, () =>
        removeOrVerify(
          () => usb.deleteApproval(one, { signal }),
          () => usb.getApproval(one, { signal }),
          context,
        ),
      )
      return deleted(one)
    }
    const [only = ''] = ids
    return ids.length === 1
      ? object(await remove(only), DELETED)
      : list(
          forEachItem(ids, one => ({ id: one }), remove),
          DELETED,
        )
  },
})
