import { fieldsOf, type Column } from '../../core/result.ts'
import { defineVerb } from '../define.ts'

const COLUMNS: Column[] = [{ key: 'drive' }]

export const drives = defineVerb({
  name: 'drives',
  summary: 'list the drives of the endpoint',
  examples: [{ line: 'drives', does: 'as the session reports them' }],
  effect: 'read',
  fields: fieldsOf(COLUMNS),
  needs: [],
  identity: { key: ['drive'] },
  arguments: {},
  options: {},
  async run(_input, { session }) {
    const rows = (session.info.drives ?? []).map(drive => ({ drive }))
    return { kind: 'list', rows, columns: COLUMNS, none: 'no drives', json: row => row['drive'] }
  },
})
