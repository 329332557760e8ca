import { defineProgramVerb } from '../../engine/define-program-verb.ts'
import { list as table, type Column } from '../../core/result.ts'
import { PROFILE_FIELDS, readProfiles, rowOf } from './profiles.ts'

const COLUMNS: Column[] = [
  { key: 'current', title: 'used', text: row => (row['current'] === true ? '*' : '') },
  { key: 'name' },
  { key: 'url', flexible: true },
  { key: 'org_key', priority: 3 },
  { key: 'auth', priority: 2 },
  { key: 'token_store', priority: 1 },
  { key: 'source', evidence: true },
]

/** `cbc config list`. */
export const list = defineProgramVerb({
  summary: 'list the profiles of all sources, and show which one is current',
  details:
    "They are listed in the order in which they are looked up: the environment, cbc's own, the SDK's credentials.cbc, and lab, which is built in. Secrets are never shown; " +
    'token_store says where they are.',
  examples: [{ line: 'cbc config list', does: 'all profiles; * marks the current one' }],
  example: line => line,
  fields: PROFILE_FIELDS,
  arguments: {},
  options: {},
  async run(_input, { host, globals }) {
    const { all } = await readProfiles(host, globals)
    const rows = all.map(one => ('name' in one ? rowOf(one) : { ...one }))
    return table(rows, COLUMNS)
  },
})
