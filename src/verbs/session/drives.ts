import { defineVerb } from '../define.ts'

export const drives = defineVerb({
  name: 'drives',
  summary: 'list the drives of the endpoint',
  examples: [{ line: 'drives', does: 'as the session reports them' }],
  effect: 'read',
  needs: [],
  arguments: {},
  options: {},
  async run(_input, { session }) {
    const rows = (session.info.drives ?? []).map(drive => ({ drive }))
    return { kind: 'list', rows, columns: [{ key: 'drive' }], json: row => row['drive'] }
  },
})
